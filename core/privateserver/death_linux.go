package privateserver

import "syscall"

func signalOnDeath(attr *syscall.SysProcAttr, s syscall.Signal) { attr.Pdeathsig = s }
