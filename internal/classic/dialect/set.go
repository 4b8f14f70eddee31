package dialect

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed builtin/*.yaml
var builtin embed.FS

// filesMax is the maximum number of files in an operator's folder.
const filesMax = 100

// Set is the dialects of a server, in the order in which they are tried.
type Set struct {
	tables    []*Table
	unsettled []*Table // see Unsettled
}

// Builtin returns the dialects of this package.
func Builtin() *Set {
	s, err := NewSet()
	if err != nil {
		panic(err) // a test reads all of them
	}
	return s
}

// NewSet puts an operator's tables before those of this package. A table replaces a built-in one of
// the same name.
func NewSet(own ...*Table) (*Set, error) {
	if err := apart(own); err != nil {
		return nil, err
	}
	s := &Set{tables: slices.Clone(own)}
	files, err := builtin.ReadDir("builtin")
	if err != nil {
		return nil, err
	}
	for _, file := range files { // sorted by name
		content, err := builtin.ReadFile("builtin/" + file.Name())
		if err != nil {
			return nil, err
		}
		table, err := Read(file.Name(), content)
		if err != nil {
			return nil, err
		}
		table.File = ""
		if s.Named(table.Name) == nil {
			s.tables = append(s.tables, table)
		}
	}
	s.unsettled = unsettled(s.tables, own)
	return s, nil
}

// unsettled is Unsettled for these tables, of which some are an operator's own.
func unsettled(tables, own []*Table) []*Table {
	taken := map[string]bool{}
	for _, t := range own {
		for _, emissions := range t.Out {
			for _, e := range emissions {
				taken[e.Event] = true
			}
		}
	}
	ofOwn := func(e Emission) bool { return taken[e.Event] }
	all := make([]*Table, 0, len(tables))
	for _, t := range tables {
		if !slices.Contains(own, t) && t.sends(ofOwn) {
			without := *t
			without.Out = make(map[Occasion][]Emission, len(t.Out))
			for on, emissions := range t.Out {
				without.Out[on] = slices.DeleteFunc(slices.Clone(emissions), ofOwn)
			}
			t = &without
		}
		all = append(all, t)
	}
	return all
}

// sends reports whether one of the table's emissions has a property.
func (t *Table) sends(has func(Emission) bool) bool {
	for _, emissions := range t.Out {
		if slices.ContainsFunc(emissions, has) {
			return true
		}
	}
	return false
}

// ReadFolder reads an operator's tables: the files in the folder whose names end in .yaml or .yml.
func ReadFolder(folder string) ([]*Table, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("cannot read the folder of dialects: %w", err)
	}
	var tables []*Table
	for _, entry := range entries {
		extension := filepath.Ext(entry.Name())
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || extension != ".yaml" && extension != ".yml" {
			continue
		}
		if len(tables) == filesMax {
			return nil, &Error{File: folder, Problem: fmt.Sprintf("the folder has more than %d dialects; remove some", filesMax)}
		}
		table, err := ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	if len(tables) == 0 {
		return nil, &Error{File: folder, Problem: "there is no dialect in this folder; their files end in .yaml"}
	}
	return tables, nil
}

// ReadFile reads one table.
func ReadFile(path string) (*Table, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the dialect: %w", err)
	}
	if !info.Mode().IsRegular() { // reading a pipe or a device might never end
		return nil, &Error{File: path, Problem: "this is not a file; give the file of one dialect"}
	}
	if info.Size() > fileMax {
		return nil, &Error{File: path, Problem: fmt.Sprintf("the file is larger than %d bytes", fileMax)}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the dialect: %w", err)
	}
	return Read(path, content)
}

// apart reports two tables that no event can distinguish.
func apart(tables []*Table) error {
	for i, a := range tables {
		for _, b := range tables[:i] {
			if a.Name == b.Name {
				return &Error{File: a.File, Problem: fmt.Sprintf("%s is called %q too; give one another name", b.File, a.Name)}
			}
			if a.Client != 0 && b.Client != 0 && a.Client != b.Client {
				continue
			}
			if event := clash(a, b); event != "" {
				return &Error{File: a.File, Problem: fmt.Sprintf(
					"%s begins with %q too, so nothing tells the two apart; take it out of settle in one of them, or tell them apart by args or is", b.File, event)}
			}
		}
	}
	return nil
}

func clash(a, b *Table) (event string) {
	for _, event := range a.settling() {
		if !slices.Contains(b.settling(), event) {
			continue
		}
		for _, x := range a.In[event] {
			for _, y := range b.In[event] {
				byArgs := x.Args >= 0 && y.Args >= 0 && x.Args != y.Args
				byKind := x.Is != "" && y.Is != "" && x.Is != y.Is
				if !byArgs && !byKind && len(x.If) == 0 && len(y.If) == 0 {
					return event
				}
			}
		}
	}
	return ""
}

// settling lists the events that determine the dialect.
func (t *Table) settling() []string {
	if len(t.Settle) > 0 {
		return t.Settle
	}
	events := make([]string, 0, len(t.In))
	for event := range t.In {
		events = append(events, event)
	}
	slices.Sort(events)
	return events
}

// Tables lists the dialects in the order in which they are tried.
func (s *Set) Tables() []*Table { return s.tables }

// Unsettled lists the dialects in which sockets receive events that have sent nothing yet. The built-in
// ones lack the events that an operator's own tables send: a page that expects one form of an event
// shows another form as undefined.
func (s *Set) Unsettled() []*Table { return s.unsettled }

// Named returns the dialect with that name, or nil.
func (s *Set) Named(name string) *Table {
	for _, t := range s.tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Settle returns the dialect of a socket by the first event that it sends, or nil. client is the
// major version of the socket's official client, as far as the protocol reveals it: 2 or 4.
func (s *Set) Settle(event string, args []any, client int) *Table {
	for _, t := range s.tables {
		if (t.Client == 0 || t.Client == client) && t.SettledBy(event, args) {
			return t
		}
	}
	return nil
}

// Speaking lists the dialects whose pages send the event.
func (s *Set) Speaking(event string) []string {
	var names []string
	for _, t := range s.tables {
		if t.Knows(event) {
			names = append(names, t.Name)
		}
	}
	return names
}
