package telemetry

import (
	"context"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are what one process counts. Labels are route patterns, names from
// our own source and states; never ids, or the number of series would grow with
// the business.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// NewMetrics returns metrics that already hold those of the Go runtime and of
// the process.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "fettle_http_request_seconds", Help: "Requests by route pattern and status class.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .15, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "fettle_build_info", Help: "1, labelled with the version.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests, build,
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "fettle_log_attributes_dropped_total", Help: "Log attributes whose key is not on the allow-list.",
		}, func() float64 { return float64(Dropped()) }))
	return m
}

// classes are the texts of status classes, so that observing makes none.
var classes = [6]string{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"}

// Observe counts a finished request; it fits httpapi.Options.Observe.
func (m *Metrics) Observe(method, route string, status int, took time.Duration) {
	class := classes[0]
	if n := status / 100; n > 0 && n < len(classes) {
		class = classes[n]
	}
	m.requests.WithLabelValues(method, route, class).Observe(took.Seconds())
}

// Counter registers a counter and returns what adds to it. The labels are names
// from our own source, given in the order of their names.
func (m *Metrics) Counter(name, help string, labels ...string) func(n int64, values ...string) {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return func(n int64, values ...string) { c.WithLabelValues(values...).Add(float64(n)) }
}

// Lags registers a histogram of how long things took that somebody waits for,
// and returns what observes one. The label is a name from our own source.
func (m *Metrics) Lags(name, help, label string) func(took time.Duration, value string) {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: []float64{.005, .01, .025, .05, .1, .15, .25, .5, 1, 2, 5, 10, 30, 60},
	}, []string{label})
	m.registry.MustRegister(h)
	return func(took time.Duration, value string) { h.WithLabelValues(value).Observe(took.Seconds()) }
}

// readTime is how long a gauge may take to find its value.
const readTime = 2 * time.Second

// Gauge registers a value that is asked for whenever metrics are read: a lag, a
// backlog. A value that cannot be had is left out of that reading.
func (m *Metrics) Gauge(name, help string, read func(ctx context.Context) (float64, error)) {
	m.registry.MustRegister(asked{prometheus.NewDesc(name, help, nil, nil), "", func(ctx context.Context) (map[string]float64, error) {
		v, err := read(ctx)
		return map[string]float64{"": v}, err
	}})
}

// Gauges is Gauge for several values that differ in one label, such as the
// backlog of each subscriber.
func (m *Metrics) Gauges(name, help, label string, read func(ctx context.Context) (map[string]float64, error)) {
	m.registry.MustRegister(asked{prometheus.NewDesc(name, help, []string{label}, nil), label, read})
}

// asked is a collector that reads its values when it is collected.
type asked struct {
	desc  *prometheus.Desc
	label string
	read  func(ctx context.Context) (map[string]float64, error)
}

// Describe implements prometheus.Collector.
func (a asked) Describe(ch chan<- *prometheus.Desc) { ch <- a.desc }

// Collect implements prometheus.Collector.
func (a asked) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	values, err := a.read(ctx)
	if err != nil {
		return
	}
	for name, v := range values {
		if a.label == "" {
			ch <- prometheus.MustNewConstMetric(a.desc, prometheus.GaugeValue, v)
			continue
		}
		ch <- prometheus.MustNewConstMetric(a.desc, prometheus.GaugeValue, v, name)
	}
}

// Admin serves /metrics and the Go profiler under /debug/pprof/. It asks nobody
// who they are, so it belongs on an address of its own that only the operator's
// machines reach; the application listens on 127.0.0.1 unless it is told
// another address, and never mounts it on the API's.
func (m *Metrics) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 10 * time.Second}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, strconv.Quote("the command line may hold an address with a password"), http.StatusNotFound)
	})
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}
