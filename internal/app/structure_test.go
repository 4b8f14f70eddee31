package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// These bounds keep types and files small enough to be read in one go.
const (
	maxMethods          = 25  // per type
	maxInterfaceMethods = 8   // declared by one interface
	maxLines            = 400 // per file
)

// larger has the types with more methods than maxMethods. Their numbers may only
// shrink.
var larger = map[string]int{
	"engineio.Server":               28,
	"engineio.Session":              54,
	"internal/gateway.Gateway":      47,
	"socketio.Namespace":            39,
	"socketio.Server":               26,
	"socketio.Socket":               51,
	"socketio.client":               36,
	"socketio/redisadapter.adapter": 30,
}

// TestStructureStaysWithinItsBounds checks all Go files of the program except tests
// and generated files.
func TestStructureStaysWithinItsBounds(t *testing.T) {
	root := filepath.Join("..", "..")
	methods := make(map[string]int) // by package folder and type
	files := 0
	for _, top := range []string{"cmd", "engineio", "socketio", "internal", "web"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			files++
			checkFile(t, path, methods)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Fatalf("read only %d files", files)
	}
	for name, n := range methods {
		bound := maxMethods
		if known, ok := larger[name]; ok {
			bound = known
			if n < known {
				t.Errorf("%s has %d methods; lower its bound of %d", name, n, known)
			}
		}
		if n > bound {
			t.Errorf("%s has %d methods, more than %d", name, n, bound)
		}
	}
}

// checkFile checks a file and counts its methods.
func checkFile(t *testing.T, path string, methods map[string]int) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if ast.IsGenerated(file) {
		return
	}
	if lines := set.File(file.Pos()).LineCount(); lines > maxLines {
		t.Errorf("%s has %d lines, more than %d", path, lines, maxLines)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if receiver := receiverOf(n); receiver != "" {
				methods[strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../")+"."+receiver]++
			}
		case *ast.TypeSpec:
			if i, ok := n.Type.(*ast.InterfaceType); ok {
				if own := ownMethods(i); own > maxInterfaceMethods {
					t.Errorf("%s: interface %s declares %d methods, more than %d", path, n.Name, own, maxInterfaceMethods)
				}
			}
		}
		return true
	})
}

// receiverOf returns the name of a method's type, or "" for a function.
func receiverOf(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	expression := f.Recv.List[0].Type
	for {
		switch e := expression.(type) {
		case *ast.StarExpr:
			expression = e.X
		case *ast.IndexExpr:
			expression = e.X
		case *ast.IndexListExpr:
			expression = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// ownMethods counts the methods that an interface declares itself, without those of
// embedded interfaces.
func ownMethods(i *ast.InterfaceType) int {
	n := 0
	for _, field := range i.Methods.List {
		n += len(field.Names)
	}
	return n
}
