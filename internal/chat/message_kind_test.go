package chat

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// constantsOf returns the values of the package's constants of a type.
func constantsOf(t *testing.T, file, typeName string) (values []string) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typeName {
			for _, value := range spec.Values {
				if literal, ok := value.(*ast.BasicLit); ok {
					values = append(values, literal.Value[1:len(literal.Value)-1])
				}
			}
		}
		return true
	})
	return values
}

func TestEveryMessageKindHasAnEntry(t *testing.T) {
	constants := constantsOf(t, "message_kind.go", "MessageKind")
	if len(constants) == 0 {
		t.Fatal("found no message kinds")
	}
	for _, name := range constants {
		if _, ok := kinds[MessageKind(name)]; !ok {
			t.Errorf("%q has no entry in kinds", name)
		}
	}
	for name := range kinds {
		if !slices.Contains(constants, string(name)) {
			t.Errorf("kinds has an entry %q without a constant", name)
		}
	}
}

func TestPropertiesOfMessageKinds(t *testing.T) {
	tests := []struct {
		kind                               MessageKind
		sent, editable, deletable, counted bool
	}{
		{MessageText, true, true, true, true},
		{MessageLocation, true, false, true, true},
		{MessageNotice, false, false, false, false},
		{"unknown", false, false, false, false},
	}
	for _, test := range tests {
		got := kinds[test.kind]
		if test.kind.Sent() != test.sent || got.editable != test.editable || got.deletable != test.deletable || test.kind.Counted() != test.counted {
			t.Errorf("%s: got %+v, want %+v", test.kind, got, test)
		}
	}
}
