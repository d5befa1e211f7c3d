#!/bin/sh
# What has code of its own for aarch64, the kernels of matmul and the switch of stacks, is built for it and run by
# qemu: its numbers are right, and registers and stacks are as they should be. What it takes there means nothing.
set -eu
cd "$(dirname -- "$0")/.."
compiler=aarch64-linux-gnu-gcc
for program in "$compiler" qemu-aarch64; do
    command -v "$program" >/dev/null || { echo "no $program (scripts/setup --test)"; exit 77; }
done
folder=$(mktemp -d "${TMPDIR:-/tmp}/bench-aarch64-XXXXXX")
trap 'rm -rf "$folder"' EXIT

# try NAME SOURCE...: tests/test_NAME.c with the sources that it tests, once as it is built and once unoptimised
try() {
    name=$1
    shift
    for optimised in -O3 -O0; do
        "$compiler" -std=gnu17 $optimised -Wall -Wextra -Werror -static -I tests/aarch64 -I . -I bench -I bench/include \
            -o "$folder/$name" "tests/test_$name.c" "$@" -lm
        qemu-aarch64 "$folder/$name" >"$folder/out"
        echo "$name $optimised: $(wc -l <"$folder/out") right"
    done
}

try strand bench/executors/common/strand.c
try gemm workloads/matmul/gemm.c workloads/matmul/freivalds.c
# The kernels are vectors: fused multiply-adds of two doubles and of four floats.
"$compiler" -std=gnu17 -O3 -I bench/include -c -o "$folder/gemm.o" workloads/matmul/gemm.c
aarch64-linux-gnu-objdump -d "$folder/gemm.o" >"$folder/code"
grep -q 'fmla.*\.2d' "$folder/code"
grep -q 'fmla.*\.4s' "$folder/code"
