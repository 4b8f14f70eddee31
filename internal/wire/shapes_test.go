package wire_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// reach adds every struct that a type consists of, but for those of the standard
// library.
func reach(t reflect.Type, reached map[reflect.Type]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		reach(t.Elem(), reached)
	case reflect.Struct:
		if !strings.HasPrefix(t.PkgPath(), "partychat/") || reached[t] {
			return
		}
		reached[t] = true
		for field := range t.Fields() {
			reach(field.Type, reached)
		}
	default: // a name, a number or a text
	}
}

func TestNoShapeContainsAStructOfTheDomain(t *testing.T) {
	reached := make(map[reflect.Type]bool)
	for _, s := range shapes() {
		reach(reflect.TypeOf(s.value), reached)
	}
	for shape := range reached {
		if shape.PkgPath() != "partychat/internal/wire" {
			t.Errorf("%s is not a shape of this package", shape)
		}
		for field := range shape.Fields() {
			if field.IsExported() && !field.Anonymous && field.Tag.Get("json") == "" {
				t.Errorf("%s.%s has no name in JSON", shape, field.Name)
			}
		}
	}
}

// What a package declares is not known at run time, so the source says which shapes
// there are.
func TestEveryShapeHasAnExample(t *testing.T) {
	reached := make(map[reflect.Type]bool)
	for _, s := range shapes() {
		reach(reflect.TypeOf(s.value), reached)
	}
	names := make(map[string]bool)
	for shape := range reached {
		names[shape.Name()] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("source: got %v, %v", files, err)
	}
	declared := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			_, isStruct := spec.Type.(*ast.StructType)
			if isStruct && spec.Name.IsExported() && spec.Name.Name != "Handshake" { // which is read, not written
				declared++
				if !names[spec.Name.Name] {
					t.Errorf("%s has no example in shapes", spec.Name.Name)
				}
			}
			return true
		})
	}
	if declared == 0 {
		t.Error("the source declares no shapes")
	}
}
