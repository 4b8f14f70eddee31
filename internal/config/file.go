package config

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseFile reads a YAML mapping of keys to values. An unknown key, a repeated key
// or a value of the wrong kind is an error that names its line.
func parseFile(path string, text []byte) (values, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, errorf("%s: not valid YAML: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	set := values{}
	if len(document.Content) == 0 {
		return set, nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, errorf("%s:%d: must consist of lines such as \"port: 3000\"", path, root.Line)
	}
	for i := 0; i < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		o, ok := optionOf(key.Value)
		if !ok {
			return nil, errorf("%s:%d: unknown key %q; the keys are %s", path, key.Line, key.Value, keys())
		}
		if _, twice := set[o.env]; twice {
			return nil, errorf("%s:%d: %s is set twice", path, key.Line, o.key)
		}
		text, ok := o.textOf(value)
		if !ok {
			return nil, errorf("%s:%d: %s must be %s", path, value.Line, o.key, o.allowed())
		}
		set[o.env] = text
	}
	return set, nil
}

// textOf returns a YAML value as it would be written in the environment.
func (o option) textOf(node *yaml.Node) (text string, ok bool) {
	switch {
	case node.Kind == yaml.ScalarNode && node.Tag != "!!null":
		return node.Value, node.Value != "" || o.mayBeEmpty()
	case node.Kind == yaml.SequenceNode && o.isList():
		entries := make([]string, len(node.Content))
		for i, entry := range node.Content {
			if entry.Kind != yaml.ScalarNode || strings.Contains(entry.Value, ",") {
				return "", false
			}
			entries[i] = entry.Value
		}
		return strings.Join(entries, ","), true
	default:
		return "", false
	}
}
