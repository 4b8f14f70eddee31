package brokertest

import (
	"reflect"
	"strconv"
	"time"

	"partychat/internal/chat"
)

// Events returns one event of each of chat.EventTypes, with a value in every field,
// so that a test notices fields that a broker drops.
func Events() []chat.Event {
	events := make([]chat.Event, len(chat.EventTypes))
	for i, e := range chat.EventTypes {
		last := int64(100 * i) // so that no two have the same topic
		value := reflect.New(e.Type).Elem()
		fill(value, &last)
		events[i], _ = value.Interface().(chat.Event)
	}
	return events
}

// fill sets all parts of a value, each to a different value.
func fill(v reflect.Value, last *int64) {
	*last++
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 3, 1, 12, 0, int(*last), 5e6, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), last)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), last)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), last)
	case reflect.String:
		v.SetString("“<" + strconv.FormatInt(*last, 10) + ">”\n🎉")
	case reflect.Int, reflect.Int64:
		v.SetInt(*last)
	case reflect.Float64:
		v.SetFloat(float64(*last) + 0.5)
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("events of type " + v.Type().String() + " cannot be made up yet")
	}
}
