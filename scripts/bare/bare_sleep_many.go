// Peer of `sleep` with many lanes: COUNT goroutines sleep SECONDS each, all at once. Prints, of each
// repeat (the first one too, which makes the goroutines anew), the seconds from before the first `go`
// until the last has ended, the PSS in bytes while all were asleep (0 if the first had woken before the
// last slept), and the highest resident memory so far, in bytes.
//
//	go build -o bare_sleep_many bare_sleep_many.go
package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Global, so that `go` has nothing to allocate for arguments.
var (
	duration      time.Duration
	asleep, awake atomic.Int64
	all           sync.WaitGroup
)

func sleep() {
	asleep.Add(1)
	time.Sleep(duration)
	awake.Add(1)
	all.Done()
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

// The field of a file in /proc that counts kB, in bytes.
func memory(path, field string) int64 {
	text, err := os.ReadFile(path)
	if err != nil {
		fail("%v", err)
	}
	found := regexp.MustCompile(`(?m)^` + field + `:\s+(\d+) kB`).FindSubmatch(text)
	if found == nil {
		fail("%s: no %s", path, field)
	}
	kilobytes, _ := strconv.ParseInt(string(found[1]), 10, 64)
	return kilobytes * 1024
}

func argument(index int) float64 {
	if index < len(os.Args) {
		if value, err := strconv.ParseFloat(os.Args[index], 64); err == nil && value > 0 {
			return value
		}
	}
	fmt.Fprintf(os.Stderr, "usage: %s COUNT SECONDS REPEATS\n", os.Args[0])
	os.Exit(2)
	return 0
}

func main() {
	count, repeats := int64(argument(1)), int(argument(3))
	duration = time.Duration(argument(2) * float64(time.Second))

	for repeat := 0; repeat < repeats; repeat++ {
		asleep.Store(0)
		awake.Store(0)
		all.Add(int(count))
		began := time.Now()
		for i := int64(0); i < count; i++ {
			go sleep()
		}
		for asleep.Load() < count {
			time.Sleep(time.Millisecond)
		}
		pss := int64(0)
		if awake.Load() == 0 {
			pss = memory("/proc/self/smaps_rollup", "Pss")
		}
		if awake.Load() > 0 {
			pss = 0
		}
		all.Wait()
		seconds := time.Since(began).Seconds()
		fmt.Printf("%.9f %d %d\n", seconds, pss, memory("/proc/self/status", "VmHWM"))
	}
}
