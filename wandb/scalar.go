package wandb

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// jsonString is a string that holds JSON. What runs log may hold NaN and
// Infinity too.
type jsonString string

// ImplementsGraphQLType implements decode.Unmarshaler, as do its namesakes.
func (jsonString) ImplementsGraphQLType(name string) bool { return name == "JSONString" }

// UnmarshalGraphQL implements decode.Unmarshaler, as do its namesakes.
func (s *jsonString) UnmarshalGraphQL(input any) error {
	text, ok := input.(string)
	if !ok {
		return fmt.Errorf("a JSONString is a string that holds JSON, not %T", input)
	}
	*s = jsonString(text)
	return nil
}

// inlineJSON is a JSON value in its place.
type inlineJSON json.RawMessage

func (inlineJSON) ImplementsGraphQLType(name string) bool { return name == "JSON" }

func (j *inlineJSON) UnmarshalGraphQL(input any) error {
	raw, err := json.Marshal(input)
	*j = raw
	return err
}

func (j inlineJSON) MarshalJSON() ([]byte, error) { return json.RawMessage(j).MarshalJSON() }

// dateTime is an RFC 3339 time in UTC.
type dateTime time.Time

func (dateTime) ImplementsGraphQLType(name string) bool { return name == "DateTime" }

func (d *dateTime) UnmarshalGraphQL(input any) error {
	text, _ := input.(string)
	at, err := time.Parse(time.RFC3339, text)
	*d = dateTime(at)
	return err
}

func (d dateTime) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Time(d).UTC().Format("2006-01-02T15:04:05.999999Z"))
}

// int64Scalar is an integer that may be larger than what fits into a float64.
type int64Scalar int64

func (int64Scalar) ImplementsGraphQLType(name string) bool {
	return name == "Int64" || name == "Duration"
}

func (n *int64Scalar) UnmarshalGraphQL(input any) error {
	switch input := input.(type) {
	case int64:
		*n = int64Scalar(input)
	case int32:
		*n = int64Scalar(input)
	case int:
		*n = int64Scalar(input)
	case float64:
		if input != float64(int64(input)) {
			return fmt.Errorf("%v is not a whole number", input)
		}
		*n = int64Scalar(input)
	case string:
		parsed, err := strconv.ParseInt(input, 10, 64)
		*n = int64Scalar(parsed)
		return err
	default:
		return fmt.Errorf("an Int64 is a whole number, not %T", input)
	}
	return nil
}

// numbers replaces the numbers in decoded variables, which keep all their
// digits, by the Go types the library coerces.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case map[string]any:
		for k, e := range v {
			v[k] = numbers(e)
		}
	case []any:
		for i, e := range v {
			v[i] = numbers(e)
		}
	}
	return v
}
