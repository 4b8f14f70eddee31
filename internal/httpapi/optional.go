package httpapi

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// optional is a parameter that may be absent, where its zero means something.
type optional[T any] struct {
	value T
	set   bool
}

// Schema is huma's SchemaProvider: in the document it is what it holds.
func (o optional[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

// Receiver is huma's ParamWrapper.
func (o *optional[T]) Receiver() reflect.Value { return reflect.ValueOf(&o.value).Elem() }

// OnParamSet is huma's ParamReactor.
func (o *optional[T]) OnParamSet(isSet bool, _ any) { o.set = isSet }
