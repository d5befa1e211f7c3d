/*
 * Switching stacks: what strand.h promises, for each processor. Ours on x86-64 and aarch64, where it is
 * a call and a return, so that the processor's return predictor stays right; elsewhere, and with
 * BENCH_BOOST_CONTEXT, boost.context's (Kowalke, "Context switching", boost.org), which leaves by a
 * jump.
 *
 * Saved are the registers that the calling convention says a call leaves as they were: rbx, rbp, rsp and
 * r12 to r15 (System V psABI for x86-64, 3.2.1); x19 to x30, sp and the lower halves of v8 to v15
 * (AAPCS64, 6.1). All else is the thread's, and so all its strands': the signal mask, errno, and how
 * floating point rounds, to look at which would take half as long as all the rest (mxcsr).
 *
 * Both stacks have the same frame at the switch, so one description (.cfi) of it is right before and
 * after, and debuggers and profilers walk up either; a new strand's ends where it begins.
 *
 * A shadow stack (CET, GCS) would have to be switched as well. CMake keeps the compiler from marking
 * this file as fit for one, and so what it is linked into: the loader then uses none.
 */
#include "strand.h"

#include <stdint.h>
#include <string.h>

#if !defined(STRAND_BOOST) && defined(__x86_64__)

__asm__(".text\n"
        ".p2align 4\n"
        ".globl strand_jump\n"
        ".hidden strand_jump\n"
        ".type strand_jump, @function\n"
        "strand_jump:\n" /* (from in rdi, to in rsi) */
        "    .cfi_startproc\n"
        "    pushq %rbp\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %rbp, 0\n"
        "    pushq %rbx\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %rbx, 0\n"
        "    pushq %r12\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %r12, 0\n"
        "    pushq %r13\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %r13, 0\n"
        "    pushq %r14\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %r14, 0\n"
        "    pushq %r15\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %r15, 0\n"
        "    movq %rsp, (%rdi)\n"
        "    movq (%rsi), %rsp\n"
        "    popq %r15\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %r15\n"
        "    popq %r14\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %r14\n"
        "    popq %r13\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %r13\n"
        "    popq %r12\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %r12\n"
        "    popq %rbx\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %rbx\n"
        "    popq %rbp\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %rbp\n"
        "    movq %rdi, %rax\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size strand_jump, . - strand_jump\n"

        ".p2align 4\n"
        ".hidden strand_begin\n"
        ".globl strand_begin\n"
        ".type strand_begin, @function\n"
        "strand_begin:\n" /* returned to, with the entry in rbx, the strand before this one in rdi */
        "    .cfi_startproc\n"
        "    .cfi_undefined %rip\n"
        "    call *%rbx\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size strand_begin, . - strand_begin\n");

void strand_begin(void);

struct frame { /* as strand_jump leaves it, from its stack pointer up */
    uint64_t r15, r14, r13, r12, rbx, rbp;
    void (*back)(void);
};

void *strand_frame(char *top, void (*entry)(struct strand *from))
{
    struct frame frame = {.rbx = (uint64_t)(uintptr_t)entry, .back = strand_begin};
    char *at = top - (uintptr_t)top % 16 - sizeof frame; /* strand_begin's stack is aligned then */
    memcpy(at, &frame, sizeof frame);
    return at;
}

#elif !defined(STRAND_BOOST) && defined(__aarch64__)

__asm__(".text\n"
        ".p2align 4\n"
        ".globl strand_jump\n"
        ".hidden strand_jump\n"
        ".type strand_jump, %function\n"
        "strand_jump:\n" /* (from in x0, to in x1) */
        "    .cfi_startproc\n"
        "    sub sp, sp, #160\n"
        "    .cfi_def_cfa_offset 160\n"
        "    stp x29, x30, [sp]\n"
        "    .cfi_rel_offset x29, 0\n"
        "    .cfi_rel_offset x30, 8\n"
        "    stp x19, x20, [sp, #16]\n"
        "    .cfi_rel_offset x19, 16\n"
        "    .cfi_rel_offset x20, 24\n"
        "    stp x21, x22, [sp, #32]\n"
        "    .cfi_rel_offset x21, 32\n"
        "    .cfi_rel_offset x22, 40\n"
        "    stp x23, x24, [sp, #48]\n"
        "    .cfi_rel_offset x23, 48\n"
        "    .cfi_rel_offset x24, 56\n"
        "    stp x25, x26, [sp, #64]\n"
        "    .cfi_rel_offset x25, 64\n"
        "    .cfi_rel_offset x26, 72\n"
        "    stp x27, x28, [sp, #80]\n"
        "    .cfi_rel_offset x27, 80\n"
        "    .cfi_rel_offset x28, 88\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mov x10, sp\n"
        "    str x10, [x0]\n"
        "    ldr x10, [x1]\n"
        "    mov sp, x10\n"
        "    ldp x29, x30, [sp]\n"
        "    ldp x19, x20, [sp, #16]\n"
        "    ldp x21, x22, [sp, #32]\n"
        "    ldp x23, x24, [sp, #48]\n"
        "    ldp x25, x26, [sp, #64]\n"
        "    ldp x27, x28, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    add sp, sp, #160\n"
        "    .cfi_def_cfa_offset 0\n"
        "    .cfi_restore x19\n"
        "    .cfi_restore x20\n"
        "    .cfi_restore x21\n"
        "    .cfi_restore x22\n"
        "    .cfi_restore x23\n"
        "    .cfi_restore x24\n"
        "    .cfi_restore x25\n"
        "    .cfi_restore x26\n"
        "    .cfi_restore x27\n"
        "    .cfi_restore x28\n"
        "    .cfi_restore x29\n"
        "    .cfi_restore x30\n"
        "    ret\n" /* x0 is still from */
        "    .cfi_endproc\n"
        ".size strand_jump, . - strand_jump\n"

        ".p2align 4\n"
        ".hidden strand_begin\n"
        ".globl strand_begin\n"
        ".type strand_begin, %function\n"
        "strand_begin:\n" /* returned to, with the entry in x19, the strand before this one in x0 */
        "    .cfi_startproc\n"
        "    .cfi_undefined x30\n"
        "    blr x19\n"
        "    brk #1\n"
        "    .cfi_endproc\n"
        ".size strand_begin, . - strand_begin\n");

void strand_begin(void);

struct frame { /* as strand_jump leaves it, from its stack pointer up */
    uint64_t x29;
    void (*x30)(void);
    uint64_t x19, x20_to_x28[9];
    uint64_t d8_to_d15[8];
};

void *strand_frame(char *top, void (*entry)(struct strand *from))
{
    struct frame frame = {.x30 = strand_begin, .x19 = (uint64_t)(uintptr_t)entry};
    char *at = top - (uintptr_t)top % 16 - sizeof frame;
    memcpy(at, &frame, sizeof frame);
    return at;
}

#else

/* <boost/context/detail/fcontext.hpp> */
struct transfer {
    void *context;
    void *data;
};
struct transfer jump_fcontext(void *to, void *data);
void *make_fcontext(void *top, size_t size_bytes, void (*entry)(struct transfer));

struct strand *strand_jump(struct strand *from, struct strand *to)
{
    struct transfer transfer = jump_fcontext(to->context, from);
    struct strand *before = transfer.data;
    before->context = transfer.context;
    return before;
}

static void begin(struct transfer transfer)
{
    struct strand *before = transfer.data;
    before->context = transfer.context;
    before->to->entry(before);
}

void *strand_frame(char *top, void (*entry)(struct strand *from))
{
    (void)entry; /* the strand has it */
    return make_fcontext(top, 0, begin);
}

#endif
