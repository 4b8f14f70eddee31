package brokertest_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"partychat/internal/broker/brokertest"
)

// A running program cannot list the types that a package declares, so the test reads the source.
func TestEventsContainsEveryType(t *testing.T) {
	files, err := filepath.Glob("../../chat/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("source of the domain: got %v, %v", files, err)
	}
	var want []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range file.Decls {
			method, ok := declared.(*ast.FuncDecl)
			if !ok || method.Recv == nil || method.Name.Name != "Topic" {
				continue
			}
			want = append(want, fmt.Sprint(method.Recv.List[0].Type))
		}
	}
	got := []string{"Missed"} // never published
	for _, event := range brokertest.Events() {
		got = append(got, reflect.TypeOf(event).Name())
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("types of events: got %v, want %v", got, want)
	}
}
