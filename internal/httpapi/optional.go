package httpapi

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// optional is a parameter that may be absent, for parameters whose zero value has
// a meaning.
type optional[T any] struct {
	value T
	set   bool
}

// Schema implements huma's SchemaProvider with the schema of the value.
func (o optional[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

// Receiver is huma's ParamWrapper.
func (o *optional[T]) Receiver() reflect.Value { return reflect.ValueOf(&o.value).Elem() }

// OnParamSet is huma's ParamReactor.
func (o *optional[T]) OnParamSet(isSet bool, _ any) { o.set = isSet }
