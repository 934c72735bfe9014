package registry

// Sampler chooses at most a number of things evenly from many that come one by
// one, without knowing how many will come. The last one is always among them.
type Sampler[T any] struct {
	limit  int // 0 for all
	own    func(T) T
	stride int
	seen   int
	kept   []T
	last   T
	behind bool // last is not in kept
}

// NewSampler returns a sampler of at most limit things, 0 for all. own is asked
// for a copy of each that is kept.
func NewSampler[T any](limit int, own func(T) T) *Sampler[T] {
	return &Sampler[T]{limit: limit, own: own, stride: 1}
}

// Add takes the next thing.
func (s *Sampler[T]) Add(thing T) {
	s.last, s.behind = thing, s.seen%s.stride != 0
	s.seen++
	if s.behind {
		return
	}
	s.kept = append(s.kept, s.own(thing))
	if s.limit <= 0 || len(s.kept) <= 2*s.limit {
		return
	}
	half := s.kept[:0]
	for i := 0; i < len(s.kept); i += 2 {
		half = append(half, s.kept[i])
	}
	s.behind = len(s.kept)%2 == 0
	s.kept, s.stride = half, 2*s.stride
}

// Chosen returns the chosen things in the order they came.
func (s *Sampler[T]) Chosen() []T {
	kept := s.kept
	if s.behind {
		kept = append(kept, s.own(s.last))
	}
	if s.limit <= 0 || len(kept) <= s.limit {
		return kept
	}
	if s.limit == 1 {
		return kept[len(kept)-1:]
	}
	chosen := make([]T, s.limit)
	for i := range chosen {
		chosen[i] = kept[i*(len(kept)-1)/(s.limit-1)]
	}
	return chosen
}
