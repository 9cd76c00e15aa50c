package httpapi

// Body is an input or a reply that is a JSON body and nothing else.
type Body[T any] struct{ Body T }

// Reply makes a reply of what a use case returned.
func Reply[T any](v T, err error) (*Body[T], error) {
	if err != nil {
		return nil, err
	}
	return &Body[T]{v}, nil
}
