package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core/store/storetest"
)

// A node is one Redis server of several, which can be killed.
type node struct {
	r    *rig
	addr string
	cmd  *exec.Cmd
}

// node starts a Redis server with more arguments than its address.
func (r *rig) node(args ...string) *node {
	r.t.Helper()
	n := &node{r: r, addr: freeAddr(r)}
	host, port, _ := strings.Cut(n.addr, ":")
	dir := r.t.TempDir()
	n.cmd = exec.Command("redis-server", append(args, "--bind", host, "--port", port, "--dir", dir, "--save", "", "--logfile", filepath.Join(dir, "log"))...)
	r.must(n.cmd.Start())
	r.t.Cleanup(n.kill)
	n.until("it answers", func(c *redis.Client) bool { return c.Ping(r.ctx).Err() == nil })
	return n
}

func (n *node) kill() {
	n.cmd.Process.Kill()
	n.cmd.Wait() // its error is the kill
}

// until waits for what a client of the server sees.
func (n *node) until(what string, is func(c *redis.Client) bool) {
	n.r.t.Helper()
	c := redis.NewClient(&redis.Options{Addr: n.addr})
	defer c.Close()
	for deadline := time.Now().Add(time.Minute); !is(c); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			n.r.t.Fatalf("Redis at %s: never %s", n.addr, what)
		}
	}
}

// works has a worker of Kith's known to the server.
func (n *node) works() {
	n.r.t.Helper()
	n.until("a worker is known to it", func(c *redis.Client) bool { return c.Exists(n.r.ctx, "asynq:servers").Val() == 1 })
}

// TestPromise16SentinelFailsOver kills the Redis that Sentinel leads Kith to: what
// is told meanwhile is worked off by the one that takes over.
func TestPromise16SentinelFailsOver(t *testing.T) {
	t.Parallel()
	r := newRigOn(t, storetest.URL(t), "")
	first := r.node()
	second := r.node("--replicaof", strings.ReplaceAll(first.addr, ":", " "))
	second.until("it follows the first", func(c *redis.Client) bool {
		return strings.Contains(c.Info(r.ctx, "replication").Val(), "master_link_status:up")
	})
	settings := filepath.Join(t.TempDir(), "sentinel.conf")
	r.must(os.WriteFile(settings, fmt.Appendf(nil, "sentinel monitor kith %s 1\nsentinel down-after-milliseconds kith 1000\nsentinel failover-timeout kith 3000\n",
		strings.ReplaceAll(first.addr, ":", " ")), 0o600))
	sentinel := r.node(settings, "--sentinel")
	sentinel.until("it knows both", func(c *redis.Client) bool {
		return strings.Contains(c.Info(r.ctx, "sentinel").Val(), "slaves=1")
	})
	r.settings["REDIS_URL"] = "redis-sentinel://" + sentinel.addr + "?master=kith"
	r.through(first.kill, second.works)
}

// TestPromise16ClusterLosesANode kills one of six.
func TestPromise16ClusterLosesANode(t *testing.T) {
	t.Parallel()
	r := newRigOn(t, storetest.URL(t), "")
	args := []string{"--cluster", "create", "--cluster-replicas", "1", "--cluster-yes"}
	var nodes []*node
	for range 6 {
		n := r.node("--cluster-enabled", "yes", "--cluster-node-timeout", "1500", "--cluster-replica-validity-factor", "0")
		nodes, args = append(nodes, n), append(args, n.addr)
	}
	if out, err := exec.CommandContext(r.ctx, "redis-cli", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, last(string(out), 1000))
	}
	whole := func() {
		nodes[1].until("the cluster is whole", func(c *redis.Client) bool {
			return strings.Contains(c.ClusterInfo(r.ctx).Val(), "cluster_state:ok") && strings.Contains(c.ClusterInfo(r.ctx).Val(), "cluster_slots_ok:16384")
		})
	}
	whole()
	r.settings["REDIS_URL"] = "redis-cluster://" + nodes[0].addr + "," + nodes[1].addr + "," + nodes[2].addr
	r.through(nodes[0].kill, func() {
		nodes[1].until("it misses the one", func(c *redis.Client) bool { return strings.Contains(c.ClusterNodes(r.ctx).Val(), "fail ") })
		whole()
	})
}

// through has users write before a server is killed, while it is away, and when
// another has taken over: all is answered.
func (r *rig) through(kill, another func()) {
	r.t.Helper()
	users := r.people(3)
	stop := r.open()
	r.writeAll(users, 2, "before")
	r.settled(2 * time.Minute)
	kill()
	r.faults++
	written := r.writing(users, 2, "meanwhile")
	another()
	r.must(written())
	r.writeAll(users, 2, "after")
	r.settled(2 * time.Minute)
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
}
