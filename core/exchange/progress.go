package exchange

import "io"

// Progress returns a reader of r, which has size bytes, that tells how far it
// is: 0 to 100, each once.
func Progress(r io.Reader, size int64, tell func(percent int)) io.Reader {
	return &progress{r: r, size: size, tell: tell}
}

type progress struct {
	r          io.Reader
	size, read int64
	told       int
	tell       func(percent int)
}

// Read reads from r.
func (p *progress) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.read += int64(n)
	if percent := int(min(100, 100*p.read/max(p.size, 1))); percent > p.told {
		p.told = percent
		p.tell(percent)
	}
	return n, err
}
