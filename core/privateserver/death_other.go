//go:build unix && !linux

package privateserver

import "syscall"

// signalOnDeath does nothing: here a server outlives an owner that was killed,
// and the next one adopts it.
func signalOnDeath(*syscall.SysProcAttr, syscall.Signal) {}
