package storetest

import (
	"testing"

	"golang.org/x/text/unicode/norm"

	"partychat/internal/chat"
)

// searchedTexts are messages in many languages, each with searches that find it, and
// only it, and with searches that do not.
var searchedTexts = []struct {
	language, text string
	found, not     []string
}{
	{"English", "Don't forget: the TRAIN leaves at 8:40!", []string{"train", "forget", "leav*", "the train", "8:40"}, []string{"rain", "trains", "train the"}},
	{"German", "Die Straße ist für Fußgänger gesperrt.", []string{"strasse", "STRASSE", "fussganger", "für", "fur"}, []string{"stra", "fuss"}},
	{"French", "L’été à Besançon, c'est génial", []string{"ete", "besancon", "été", "genial", "l'été"}, []string{"ét"}},
	{"Spanish", "Mañana por la mañana, señor Núñez", []string{"manana", "nunez", "señor"}, []string{"mana"}},
	{"Polish", "Zażółć gęślą jaźń w Łodzi", []string{"zazolc", "gesla jazn", "lodzi"}, []string{"zazol"}},
	{"Vietnamese", "Tôi đang ở Đà Nẵng", []string{"toi", "đang", "dang", "da nang", "Đà Nẵng"}, []string{"nan"}},
	{"Turkish", "İstanbul'da ılık bir akşam", []string{"istanbul", "ilik", "aksam", "İSTANBUL"}, []string{"stanbul"}},
	{"Greek", "Καλημέρα, ο δρόμος είναι μακρύς", []string{"καλημερα", "ΔΡΟΜΟΣ", "μακρυς", "μακρύς"}, []string{"δρομο"}},
	{"Russian", "Ещё чай, Андрей? Замо\u0301к закрыт", []string{"еще", "чай", "андрей", "замок"}, []string{"чаи", "андреи"}},
	{"Arabic", "مَرْحَبًا بِكُم في القاهرة يا أحمد", []string{"مرحبا", "القاهره", "احمد", "بكم"}, []string{"مرح"}},
	{"Hebrew", "שָׁלוֹם לכולם", []string{"שלום", "לכולם"}, []string{"שלו"}},
	{"Hindi", "हिन्दी में कि और की अलग हैं", []string{"हिन्दी", "कि", "की", "अलग"}, []string{"क", "हनद"}},
	{"Chinese", "我们明天去北京大学看樱花", []string{"北京", "北京大学", "大学", "我", "花", "樱花", "京大"}, []string{"北大", "京北"}},
	{"Japanese", "がんばって！東京タワーの下で会いましょう", []string{"東京タワー", "がん", "タワー", "会いましょう", "東", "う"}, []string{"かん", "京東"}},
	{"Korean", "학교에서 점심을 먹었어요", []string{"학교", "점심", "먹었어요", "학교에서"}, []string{"교학", "저녁"}},
	{"Thai", "พรุ่งนี้เจอกันที่สถานีรถไฟ", []string{"สถานี", "รถไฟ", "พรุ่งนี้", "เจอกัน"}, []string{"นีสถา", "ไฟรถ"}},
	{"addresses", "see https://node.js.example/a-b?c=1 or mail ada.l@chat.example", []string{"node", "node.js", "https://node.js.example/a-b", "ada.l@chat.example", "chat.example", "example"}, []string{"js.node", "nod"}},
	{"emoji", "party 🎉🎉 with 👍🏽 and 🇯🇵 👩‍🚀", []string{"🎉", "👍", "👍🏿", "🇯🇵", "👩‍🚀", "🎉🎉"}, []string{"🇵🇯", "🇯🇲", "🎊"}},
}

var languageContracts = []contract{
	{"texts in many languages are found in any normal form", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		forms := []norm.Form{norm.NFC, norm.NFD, norm.NFKC, norm.NFKD}
		for i, text := range searchedTexts {
			sendAt(t, f, chat.MainRoom, ann, i, forms[i%len(forms)].String(text.text))
		}
		inEachState(t, f, func(state string) {
			for i, text := range searchedTexts {
				for _, query := range text.found {
					for _, form := range forms {
						hits := findPage(t, f, chat.MessageSearch{By: ann.ID, Terms: termsOf([]string{form.String(query)})}).Hits
						if len(hits) != 1 || hits[0].Message.Seq != int64(i+1) || len(hits[0].Marks) == 0 {
							t.Errorf("%s, %s: %q found %q, want message %d with marks", state, text.language, query, marked(hits), i+1)
						}
					}
				}
				for _, query := range text.not {
					if got := findIn(t, f, ann, query); len(got) > 0 {
						t.Errorf("%s, %s: %q found %q, want nothing", state, text.language, query, got)
					}
				}
			}
		})
	}},
}
