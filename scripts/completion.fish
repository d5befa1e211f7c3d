# Completion of bench for fish. Installed to share/fish/vendor_completions.d/bench.fish.
# What may come is asked of bench itself: one candidate a line, or what the shell is to look for.

function __bench_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] --complete $words[2..-1] $current 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path $current
            case :commands
                __fish_complete_command
            case '*'
                echo $line
        end
    end
end

complete -c bench -f -a '(__bench_complete)'
