#!/bin/bash
# test.sh BENCH FAULTY: ranks on two hosts that share no memory, no clock and no /tmp: namespaces of this machine,
# connected by a bridge, their clocks 1000 s apart. Started by either mpiexec and by Slurm. Root only; the bed is made
# and taken down here. FAULTY is the plug-in of that name.
set -eu
bench=$(readlink -f "$1") faulty=$(readlink -f "$2")
here=$(cd "$(dirname "$0")" && pwd)

skip() {
    echo "skipped: $1"
    exit 77
}

[ "$(id -u)" = 0 ] || skip "it makes namespaces, for which one has to be root"
for program in ip nsenter unshare mpiexec.openmpi mpiexec.mpich; do
    command -v $program >/dev/null || skip "there is no $program (apt install iproute2 util-linux openmpi-bin mpich)"
done
for engine in openmpi mpich; do
    [ -e "$(dirname "$bench")/../lib/bench/engine-$engine.so" ] || skip "bench was built without $engine"
done

export BED=/run/bench-cluster.$$ SHARE=/srv/bench-cluster.$$
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
wrong=0

# shellcheck disable=SC2317 # the trap calls it
take_down() {
    "$here/slurm-down" 2>/dev/null || true
    "$here/down" >/dev/null 2>&1 || true
    rm -rf --one-file-system "$SHARE"
}
trap take_down EXIT
"$here/up" 2 >/dev/null 2>&1 || skip "no namespaces can be made here (unshare, ip netns)"

on() { "$here/on" "$@"; }
fault() {
    echo "FAULT: $1" >&2
    wrong=1
}

lib=$(dirname "$bench")/../lib/bench
version=$("$bench" --version | grep -o '[0-9]*\.[0-9]*\.[0-9]*')
net="10.77.0.0/24"
openmpi="mpiexec.openmpi --mca plm_rsh_agent $here/rsh --mca btl self,vader,tcp --mca btl_tcp_if_include $net"
openmpi="$openmpi --mca oob_tcp_if_include $net --oversubscribe --bind-to none --host mh1:2,mh2:2 --map-by node -n {ranks}"
# shellcheck disable=SC2034 # by its name, below
mpich="env UCX_TLS=tcp,self mpiexec.mpich -launcher ssh -launcher-exec $here/rsh -hosts mh1,mh2 -n {ranks}"
nap="-w sleep -s tasks=40 -s duration=10ms -r 2 --warmup 0"
columns="phase,status,error,wall_s,cpus,hosts,counters"

# rows LAUNCHER OPTION...: from the head, where all hosts have clocks of their own.
rows() {
    launcher=$1
    shift
    MH_TIME=1 on mh0 timeout 100 "$bench" -x mpi --launcher "$launcher" --format csv --columns "$columns" -q "$@" 2>"$SHARE/err" || true
}

# Nothing of ours is on the hosts any more, so many seconds after the end at most (10).
nothing_left() {
    until=$((SECONDS + ${2:-10}))
    while [ $SECONDS -le $until ]; do
        left=$(for host in mh0 mh1 mh2; do ip netns pids $host; done | xargs -r ps -o args= -p | grep -c "bench runner" || true)
        [ "$left" = 0 ] && return
        sleep 0.1
    done
    fault "$1: $left runners are left"
}

reconnect() {
    ip -n mhbr link set "p$1" up
    for host in mh0 mh1 mh2; do # they have learned by now that they cannot reach each other
        ip -n $host neigh flush dev v$host
    done
}

# A case whose ranks hang in the measured run, in the background, once it does; its rows are in $SHARE/hang.csv.
start_hang() {
    rm -f "$SHARE/hang.csv"
    "$@" -w faulty --plugin "$faulty" -j 2 -r 1 --warmup 0 --schedule static -s task=7 -s run=2 -s how=asleep \
        --timeout "${HANG_S:-120}" \
        -o "$SHARE/hang.csv" >/dev/null 2>&1 &
    hanging=$!
    for _ in $(seq 600); do
        grep -q ",verify," "$SHARE/hang.csv" 2>/dev/null && return
        sleep 0.1
    done
    fault "$*: no run began"
}

# end_hang WHAT PATTERN [SECONDS]: the last row is like this, and nothing is left.
end_hang() {
    wait $hanging 2>/dev/null || true
    tail -1 "$SHARE/hang.csv" | grep -q "$2" || fault "$1: $(tail -1 "$SHARE/hang.csv")"
    nothing_left "$1" "${3:-10}"
}

for mpi in openmpi mpich; do
    launcher=${!mpi}

    # Clocks 1000 s apart would make a wall time of minutes, or a negative one; half the tasks are on each host.
    # shellcheck disable=SC2086
    text=$(rows "$launcher" $nap -j 2)
    grep -q "^measure,ok,,0\.[0-9]*,mh1:0 mh2:1,mh1 mh2,start_skew_s=" <<<"$text" || fault "$mpi on two hosts: $text $(cat "$SHARE/err")"

    # /tmp is each host's own: what one lacks is told with its name.
    on mh1 cp "$faulty" /tmp/faulty.so
    on mh0 cp "$faulty" /tmp/faulty.so
    text=$(rows "$launcher" -w faulty --plugin /tmp/faulty.so -j 2 -r 1)
    grep -q "rank 1 (host mh2): .*faulty.so: No such file" <<<"$text" || fault "$mpi, a plug-in that mh2 lacks: $text $(cat "$SHARE/err")"

    # So is what is bench's own: there mh2 has an empty file.
    lacking=$lib/workload-http.so
    if [ -e "$lacking" ]; then
        on mh2 mount --bind /dev/null "$lacking"
        text=$(rows "$launcher" -w http -s requests=4 -j 2 -r 1)
        on mh2 umount "$lacking"
        grep -q "rank 1 (host mh2): .*workload-http.so" <<<"$text" || fault "$mpi, a workload that mh2 lacks: $text $(cat "$SHARE/err")"
    fi

    # Another version on one of them: the same program, with another number in it.
    LC_ALL=C sed "s/$version/9.9.9/g" "$bench" >"$SHARE/bench" && chmod +x "$SHARE/bench"
    on mh2 mount --bind "$SHARE/bench" "$bench"
    # shellcheck disable=SC2086
    text=$(rows "$launcher" $nap -j 2)
    on mh2 umount "$bench"
    grep -q "bench $version on host mh1 is another than bench 9.9.9 on host mh2 (rank 1)" <<<"$text" ||
        fault "$mpi, two versions: $text $(cat "$SHARE/err")"

    # A rank that is killed, on the other host.
    text=$(rows "$launcher" -w faulty --plugin "$faulty" -j 2 -r 1 --warmup 0 --schedule static -s task=7 -s run=2 -s how=kill)
    grep -q "^measure,crashed,.*rank 1 (host mh2)" <<<"$text" || fault "$mpi, a rank that is killed: $text $(cat "$SHARE/err")"
    nothing_left "$mpi, a rank that is killed"

    # kill -9 of the controller, and of mpiexec.
    MH_TIME=1 start_hang "$here/on" mh0 "$bench" -x mpi --launcher "$launcher"
    kill -9 $hanging
    end_hang "$mpi, kill -9 of the controller" ",verify,"
    MH_TIME=1 start_hang "$here/on" mh0 "$bench" -x mpi --launcher "$launcher"
    kill -9 "$(ip netns pids mh0 | xargs ps -o pid=,args= -p | awk '$2 ~ /mpiexec/ {print $1; exit}')"
    end_hang "$mpi, kill -9 of mpiexec" ",measure,.*,crashed,"

    # mh2 is cut off: its ranks end themselves 30 s later, and the row says whose they were.
    MH_TIME=1 start_hang "$here/on" mh0 "$bench" -x mpi --launcher "$launcher"
    ip -n mhbr link set pmh2 down
    nothing_left "$mpi, a host that is cut off" 40
    end_hang "$mpi, a host that is cut off" ",measure,.*,crashed,.*rank 1 (host mh2) has given no sign of life"
    reconnect mh2

    # The same of rank 0's host: then one of the others says it.
    MH_TIME=1 start_hang "$here/on" mh0 "$bench" -x mpi --launcher "$launcher"
    ip -n mhbr link set pmh1 down
    nothing_left "$mpi, rank 0 is cut off" 45
    end_hang "$mpi, rank 0 is cut off" ",measure,.*,crashed,.*rank 0 (host mh1) has given no sign of life"
    reconnect mh1

    # The controller is cut off: rank 0 ends itself soon after the time that it was given, and with it all others.
    HANG_S=15 MH_TIME=1 start_hang "$here/on" mh0 "$bench" -x mpi --launcher "$launcher"
    ip -n mhbr link set pmh0 down
    end_hang "$mpi, a controller that is cut off" ",measure,.*,timeout," 30
    reconnect mh0
done

# A plug-in of one's own on two hosts, word for word as docs/ranks.md has it, but for the names of the hosts.
top=$(cd "$here/../.." && pwd)
mkdir -p "$SHARE/home" "$SHARE/path"
cmake --install "$(dirname "$bench")/.." --prefix "$SHARE/prefix" >/dev/null
cp "$top/workloads/example/primes.c" "$SHARE/home"
awk '/^## A workload of your own/ {page = 1} /^```/ {inside = page && /sh$/; if (!inside) page = 0; next} page && inside' \
    "$top/docs/ranks.md" | sed 's/--hosts a,b/--hosts mh1,mh2/' >"$SHARE/home/words"
for mpi in openmpi mpich; do
    # no link: MPICH's looks for its proxy beside itself
    printf '#!/bin/sh\nexec mpiexec.%s "$@"\n' $mpi >"$SHARE/path/mpiexec" && chmod +x "$SHARE/path/mpiexec"
    # shellcheck disable=SC2015 # that it may have failed is looked at
    text=$(cd "$SHARE/home" && HOME=$SHARE/home PATH=$SHARE/path:$SHARE/prefix/bin:$PATH \
        PKG_CONFIG_PATH=$(dirname "$(find "$SHARE/prefix" -name bench.pc)") \
        OMPI_MCA_plm_rsh_agent=$here/rsh OMPI_MCA_btl=self,vader,tcp OMPI_MCA_btl_tcp_if_include=$net \
        OMPI_MCA_oob_tcp_if_include=$net HYDRA_LAUNCHER=ssh HYDRA_LAUNCHER_EXEC=$here/rsh UCX_TLS=tcp,self \
        on mh0 timeout 100 sh -e words 2>"$SHARE/err" || true)
    grep -q "^mpi  *2 .* [0-9.]* *[mu]s" <<<"$text" || fault "$mpi, a plug-in of one's own: $text $(cat "$SHARE/err")"
done

if command -v srun slurmd slurmctld munged >/dev/null; then
    "$here/slurm-up" 2 >/dev/null 2>&1 || fault "Slurm does not come up"
    export SLURM_CONF=$SHARE/slurm/slurm.conf UCX_TLS=tcp,self
    for mpi in openmpi mpich; do
        # shellcheck disable=SC2086
        text=$(on mh0 timeout 100 salloc -Q -N2 -n2 "$bench" $nap -x mpi -s mpi.library=$mpi -j max --format csv --columns launcher,$columns -q 2>"$SHARE/err" || true)
        grep -q "^srun .* -n 2 .*,measure,ok,.*mh1 mh2,start_skew_s=" <<<"$text" || fault "$mpi under Slurm: $text $(cat "$SHARE/err")"
    done
    text=$(on mh0 timeout 60 srun -Q -N2 -n2 "$bench" -w spin 2>&1 || true)
    grep -q "bench -x mpi -j 2" <<<"$text" || fault "srun bench is not refused with the right command: $text"
    nothing_left "Slurm"
    for which in srun controller; do
        start_hang on mh0 salloc -Q -N2 -n2 "$bench" -x mpi
        case $which in
        srun) victims='/srun$/' ;;
        *) victims='/bench$/' ;;
        esac
        # shellcheck disable=SC2046
        kill -9 $(ip netns pids mh0 | xargs ps -o pid=,args= -p | awk "\$2 ~ $victims {print \$1}")
        end_hang "Slurm, kill -9 of $which" "$([ $which = srun ] && echo ',measure,.*,crashed,' || echo ',verify,')"
    done
else
    echo "not tried: Slurm is not installed (apt install slurm-wlm munge)"
fi
exit $wrong
