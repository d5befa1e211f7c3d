#compdef bench
# Completion of bench for zsh. Installed to share/zsh/site-functions/_bench; by hand, in a folder of $fpath, as _bench.
# What may come is asked of bench itself: one candidate a line, or what the shell is to look for.

_bench() {
    local line
    local -a plain open
    for line in "${(@f)$("${(Q)words[1]}" --complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        case $line in
        :files) _files ;;
        :commands) _command_names -e ;;
        *=) open+=("$line") ;;
        ?*) plain+=("$line") ;;
        esac
    done
    (( $#plain )) && compadd -- "${plain[@]}"
    (( $#open )) && compadd -S '' -- "${open[@]}"
}

_bench "$@"
