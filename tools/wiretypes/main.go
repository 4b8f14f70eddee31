// Command wiretypes writes TypeScript types for a package that defines JSON: one for
// each exported struct that has a field with a name in JSON, and for each number and
// text type that these refer to, of whatever package. A struct of another package is
// an error: the package must define its JSON itself.
//
//	wiretypes DIR PACKAGE > wire.gen.ts
package main

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: wiretypes DIR PACKAGE")
		os.Exit(2)
	}
	out, err := generate(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "wiretypes:", err)
		os.Exit(1)
	}
	fmt.Print(out)
}

// generate returns the TypeScript for a package of the module in dir.
func generate(dir, path string) (string, error) {
	loaded, err := packages.Load(&packages.Config{
		Dir:  dir,
		Mode: packages.LoadSyntax | packages.NeedDeps | packages.NeedImports | packages.NeedModule,
	}, path)
	if err != nil {
		return "", err
	}
	w := &writer{docs: map[types.Object]string{}, seen: map[string]types.Object{}, written: map[string]string{}}
	packages.Visit(loaded, nil, func(p *packages.Package) {
		if p.Module != nil && p.Module.Main {
			w.packages = append(w.packages, p.Types)
			w.readDocs(p)
		}
		for _, e := range p.Errors {
			err = e
		}
	})
	if err != nil {
		return "", err
	}
	w.wire = loaded[0].Types
	for _, name := range w.wire.Scope().Names() {
		object := w.wire.Scope().Lookup(name)
		if s, ok := object.Type().Underlying().(*types.Struct); ok && object.Exported() && hasJSON(s) {
			w.reach(object)
		}
	}
	for len(w.queue) > 0 {
		object := w.queue[0]
		w.queue = w.queue[1:]
		if err := w.write(object); err != nil {
			return "", err
		}
	}
	out := "// Generated from the Go types by `make types`; do not edit.\n"
	for _, name := range slices.Sorted(maps.Keys(w.written)) {
		out += w.written[name]
	}
	return out, w.err
}

// writer collects the declarations that are reached from the first ones.
type writer struct {
	wire     *types.Package   // the package that defines JSON
	packages []*types.Package // all packages of the module that it needs
	docs     map[types.Object]string
	seen     map[string]types.Object
	queue    []types.Object
	written  map[string]string // declarations by name
	err      error
}

// hasJSON reports whether a field of the struct has a name in JSON.
func hasJSON(s *types.Struct) bool {
	for i := range s.NumFields() {
		if reflect.StructTag(s.Tag(i)).Get("json") != "" {
			return true
		}
	}
	return false
}

// readDocs remembers the comments of the package's types and fields.
func (w *writer) readDocs(p *packages.Package) {
	remember := func(name *ast.Ident, groups ...*ast.CommentGroup) {
		for _, group := range groups {
			if text := strings.TrimSpace(group.Text()); text != "" {
				w.docs[p.TypesInfo.Defs[name]] = text
				return
			}
		}
	}
	for _, file := range p.Syntax {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				for _, spec := range n.Specs {
					if t, ok := spec.(*ast.TypeSpec); ok {
						remember(t.Name, t.Doc, n.Doc)
					}
				}
			case *ast.Field:
				for _, name := range n.Names {
					remember(name, n.Doc, n.Comment)
				}
			}
			return true
		})
	}
}

// reach queues a type for writing, once, and gives its name.
func (w *writer) reach(object types.Object) string {
	name := object.Name()
	switch known := w.seen[name]; {
	case known == nil:
		w.seen[name] = object
		w.queue = append(w.queue, object)
	case known != object:
		w.err = fmt.Errorf("two types of the wire are called %s: in %s and in %s", name, known.Pkg().Path(), object.Pkg().Path())
	}
	return name
}

func (w *writer) write(object types.Object) error {
	var b strings.Builder
	b.WriteString("\n" + comment("", w.docs[object]))
	switch t := object.Type().Underlying().(type) {
	case *types.Struct:
		fields, parents, err := w.fields(t)
		if err != nil {
			return fmt.Errorf("%s: %w", object.Name(), err)
		}
		b.WriteString("export interface " + object.Name())
		if len(parents) > 0 {
			b.WriteString(" extends " + strings.Join(parents, ", "))
		}
		b.WriteString(" {\n" + fields + "}\n")
	case *types.Basic:
		name, err := w.basic(t)
		if err != nil {
			return fmt.Errorf("%s: %w", object.Name(), err)
		}
		if values := constants(object); len(values) > 0 {
			name = strings.Join(values, " | ")
		}
		fmt.Fprintf(&b, "export type %s = %s;\n", object.Name(), name)
	default:
		return fmt.Errorf("%s: cannot be written in TypeScript: %s", object.Name(), t)
	}
	w.written[object.Name()] = b.String()
	return nil
}

// fields gives the members of an interface, and the embedded structs that it extends.
func (w *writer) fields(s *types.Struct) (members string, parents []string, err error) {
	var b strings.Builder
	for i := range s.NumFields() {
		field := s.Field(i)
		name, options, _ := strings.Cut(reflect.StructTag(s.Tag(i)).Get("json"), ",")
		if name == "-" || !field.Exported() {
			continue
		}
		t, err := w.typeOf(field.Type())
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", field.Name(), err)
		}
		if field.Embedded() && name == "" {
			parents = append(parents, t)
			continue
		}
		if strings.ContainsFunc(name, func(r rune) bool { return r == ':' || r == '-' }) {
			name = "'" + name + "'"
		}
		optional := ""
		if strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero") {
			optional = "?"
		}
		doc := w.docs[field]
		if doc == "" {
			doc = reflect.StructTag(s.Tag(i)).Get("doc")
		}
		fmt.Fprintf(&b, "%s  %s%s: %s;\n", comment("  ", doc), name, optional, t)
	}
	return b.String(), parents, nil
}

func (w *writer) typeOf(t types.Type) (string, error) {
	switch t := t.(type) {
	case *types.Pointer:
		return w.typeOf(t.Elem())
	case *types.Map: // JSON's keys are strings
		element, err := w.typeOf(t.Elem())
		return "Record<string, " + element + ">", err
	case *types.Slice:
		element, err := w.typeOf(t.Elem())
		return element + "[]", err
	case *types.Basic:
		return w.basic(t)
	case *types.Named:
		switch object := t.Obj(); {
		case object.Pkg().Path() == "time" && object.Name() == "Time":
			return "string", nil
		case object.Pkg() != w.wire && isStruct(t):
			return "", fmt.Errorf("%s is a struct of another package", t)
		case slices.Contains(w.packages, object.Pkg()):
			return w.reach(object), nil
		}
	}
	return "", fmt.Errorf("cannot be written in TypeScript: %s", t)
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func (w *writer) basic(t *types.Basic) (string, error) {
	switch {
	case t.Info()&types.IsNumeric != 0:
		return "number", nil
	case t.Info()&types.IsBoolean != 0:
		return "boolean", nil
	case t.Info()&types.IsString != 0:
		return "string", nil
	}
	return "", fmt.Errorf("cannot be written in TypeScript: %s", t)
}

// constants gives the values of a named string type in the order of their names.
func constants(object types.Object) []string {
	var values []string
	scope := object.Pkg().Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if ok && c.Type() == object.Type() && c.Val().Kind().String() == "String" {
			values = append(values, strings.ReplaceAll(c.Val().ExactString(), `"`, `'`))
		}
	}
	return values
}

func comment(indent, doc string) string {
	if doc == "" {
		return ""
	}
	if !strings.Contains(doc, "\n") {
		return indent + "/** " + doc + " */\n"
	}
	return indent + "/**\n" + indent + " * " + strings.ReplaceAll(doc, "\n", "\n"+indent+" * ") + "\n" + indent + " */\n"
}
