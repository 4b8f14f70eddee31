package chat

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// typesWithMethod returns the names of the package's types that have the method,
// sorted.
func typesWithMethod(t *testing.T, method string) (names []string) {
	t.Helper()
	notTest := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	packages, err := parser.ParseDir(token.NewFileSet(), ".", notTest, 0) //nolint:staticcheck // files of one package, without build tags
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range packages["chat"].Files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != method {
				continue
			}
			if receiver, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
				names = append(names, receiver.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func TestEveryEventHasAnEntry(t *testing.T) {
	want := slices.DeleteFunc(typesWithMethod(t, "Topic"), func(name string) bool {
		return name == "Missed" // comes from the broker itself
	})
	var got []string
	for _, e := range EventTypes {
		got = append(got, e.Type.Name())
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("EventTypes has %v, want the types with a Topic: %v", got, want)
	}
}

func TestEventsOfAStreamHaveARev(t *testing.T) {
	names := make(map[string]bool)
	for _, e := range EventTypes {
		if e.Name == "" || names[e.Name] {
			t.Errorf("%s: %q is not a name of its own", e.Type, e.Name)
		}
		names[e.Name] = true
		if got := e.Type.Implements(reflect.TypeFor[Revised]()); got != (e.Stream != NoStream) {
			t.Errorf("%s: stream %q, but Revised is %v", e.Type, e.Stream, got)
		}
	}
}
