package api

import (
	"context"
	"fmt"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/disk"
	"github.com/shirou/gopsutil/v4/mem"
)

// SystemHealth is how the machine is.
type SystemHealth struct {
	Verdict
	CPUPercent float64 `json:"cpu_percent" doc:"Since the check before"`
	Memory     Room    `json:"memory"`
	Disk       Room    `json:"disk"`
}

// Room says how much of something is taken.
type Room struct {
	TotalBytes uint64  `json:"total_bytes"`
	UsedBytes  uint64  `json:"used_bytes"`
	Percent    float64 `json:"percent"`
}

// nearlyFull is the percentage from which somebody should look.
const nearlyFull = 95

// lookAtSystem looks at the machine, and at the disk that has dir.
func lookAtSystem(dir string) func(context.Context) (SystemHealth, error) {
	return func(ctx context.Context) (SystemHealth, error) {
		var h SystemHealth
		busy, err := cpu.PercentWithContext(ctx, 0, false)
		if err != nil {
			return h, fmt.Errorf("look at the processors: %w", err)
		}
		memory, err := mem.VirtualMemoryWithContext(ctx)
		if err != nil {
			return h, fmt.Errorf("look at the memory: %w", err)
		}
		usage, err := disk.UsageWithContext(ctx, dir)
		if err != nil {
			return h, fmt.Errorf("look at the disk: %w", err)
		}
		h.CPUPercent = busy[0]
		h.Memory = Room{TotalBytes: memory.Total, UsedBytes: memory.Used, Percent: memory.UsedPercent}
		h.Disk = Room{TotalBytes: usage.Total, UsedBytes: usage.Used, Percent: usage.UsedPercent}
		if max(h.Memory.Percent, h.Disk.Percent) >= nearlyFull {
			h.Status, h.Error = degraded, "The memory or the disk is nearly full."
		}
		return h, nil
	}
}
