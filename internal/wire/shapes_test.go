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

// What a package declares is not known at run time, so the source says which structs
// there are.
func eachStruct(t *testing.T, pattern string, visit func(name string, s *ast.StructType)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("source: got %v, %v", files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if s, isStruct := spec.Type.(*ast.StructType); isStruct && spec.Name.IsExported() {
					visit(spec.Name.Name, s)
				}
			}
			return true
		})
	}
}

func TestEveryShapeHasAnExample(t *testing.T) {
	reached := make(map[reflect.Type]bool)
	for _, s := range shapes() {
		reach(reflect.TypeOf(s.value), reached)
	}
	names := make(map[string]bool)
	for shape := range reached {
		names[shape.Name()] = true
	}
	declared := 0
	eachStruct(t, "*.go", func(name string, _ *ast.StructType) {
		declared++
		if !names[name] && name != "Handshake" { // which is read, not written
			t.Errorf("%s has no example in shapes", name)
		}
	})
	if declared < 60 {
		t.Errorf("found %d shapes in the source, want all", declared)
	}
}

func TestTheDomainDefinesNoJSON(t *testing.T) {
	declared := 0
	eachStruct(t, "../chat/*.go", func(name string, s *ast.StructType) {
		declared++
		for _, field := range s.Fields.List {
			if field.Tag != nil {
				t.Errorf("chat.%s has a tag, %s: what clients receive is defined here", name, field.Tag.Value)
			}
		}
	})
	if declared < 60 {
		t.Errorf("found %d structs in the domain, want all", declared)
	}
}
