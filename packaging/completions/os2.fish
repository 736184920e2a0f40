# fish completion for os2. The candidates come from os2 itself: `os2 completion -- WORD…`.
function __os2_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l last (commandline --current-token --cut-at-cursor)
    set -l program $words[1]
    for line in ($program completion -- $words[2..-1] "$last" 2>/dev/null)
        switch $line
            case ':file'
                __fish_complete_path "$last"
            case ':directory'
                __fish_complete_directories "$last"
            case '*'
                echo $line
        end
    end
end
complete --command os2 --no-files --arguments '(__os2_complete)'
