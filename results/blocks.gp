# results/blocks.csv as a picture: gnuplot blocks.gp, in this folder. scripts/simulate-blocks calls it.
set terminal svg size 900,640 font "sans-serif,13" background rgb "white"
set output "blocks.svg"
set datafile separator ","
set logscale x 10
set yrange [0:105]
set xlabel "ranks"
set ylabel "efficiency, %"
set grid ytics lc rgb "#dddddd"
unset key
ways = "static counter ahead halves rule"
array names = ["all dealt beforehand", "one counter", "one counter, asked ahead", "half, then blocks", "half, then blocks by the rule"]
colours = "#999999 #d55e00 #e69f00 #0072b2 #009e73"
set multiplot layout 2,2 margins 0.08,0.95,0.17,0.94 spacing 0.1,0.16
at = 0.02
do for [i = 1:words(ways)] {
    set label i names[i] at screen at,0.035 textcolor rgb word(colours, i) point pt 7 ps 0.8 lc rgb word(colours, i) offset 0.8,0
    at = at + 0.05 + 0.0078 * strlen(names[i])
}
do for [panel in "exponential:10000:10_us exponential:1000000:1_ms heavy:10000:10_us heavy:1000000:1_ms"] {
    kind = panel[1:strstrt(panel, ":") - 1]
    rest = panel[strstrt(panel, ":") + 1:*]
    task = rest[1:strstrt(rest, ":") - 1]
    long = rest[strstrt(rest, ":") + 1:*]
    set title sprintf("%s, tasks of %s", kind eq "heavy" ? "heavy-tailed" : "exponential", long[1:strstrt(long, "_") - 1]." ".long[strstrt(long, "_") + 1:*])
    plot for [i = 1:words(ways)] "< awk -F, -v k=".kind." -v t=".task." -v w=".word(ways, i)." '$4 == k && $3 == t && $8 == w {s[$1] += $12; n[$1]++} END {for (r in s) print r \",\" 100 * s[r] / n[r]}' blocks.csv | sort -t, -n" using 1:2 with linespoints lw 2 pt 7 ps 0.6 lc rgb word(colours, i)
    unset label
}
unset multiplot
