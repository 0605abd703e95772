package main

import (
	"os/exec"
	"testing"
)

// TestPrometheusUnderstands has Prometheus itself check its settings and the
// alerts, and fire them on made-up numbers.
func TestPrometheusUnderstands(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"check", "config", "../../deploy/prometheus.yml", "../../deploy/prometheus.compose.yml"},
		{"check", "rules", "../../deploy/alerts.yml"},
		{"test", "rules", "testdata/alerts_test.yml"},
	} {
		if said, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v: %s", args, err, said)
		}
	}
}
