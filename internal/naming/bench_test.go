package naming

import "testing"

func BenchmarkSearchKey(b *testing.B) {
	for _, name := range []string{"Photography in Berlin", "Café d’accord", "日本語チャンネル"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				SearchKey(name)
			}
		})
	}
}

func BenchmarkLooks(b *testing.B) {
	for b.Loop() {
		Looks("Photography in Berlin")
	}
}
