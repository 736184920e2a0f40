# bash completion for os2. The candidates come from os2 itself: `os2 completion -- WORD…`.

# Sets `words` to the words before the cursor. bash cuts them at "=" and ":", which belong to options and
# names of os2; what has no space before it belongs to the word before.
_os2_words() {
  local rest=${COMP_LINE:0:COMP_POINT} part blank
  words=()
  for part in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    blank=${rest%%[![:space:]]*}
    rest=${rest#"$blank"}
    rest=${rest#"$part"}
    if [ "${#words[@]}" = 0 ] || [ -n "$blank" ]; then words+=("$part"); else words[-1]+=$part; fi
  done
}

_os2() {
  local line kind="" last cut
  local -a words
  COMPREPLY=()
  _os2_words
  last=${words[-1]}
  # what bash keeps of the last word, so that it must not come again
  cut=${last%"${last##*[=:]}"}
  while IFS=$'\t' read -r line _; do
    case $line in
      :file | :directory) kind=${line#:} ;;
      # bash puts a candidate into the line as it is, and a name from a server may hold what a shell
      # runs
      ?*) printf -v line %q "${line#"$cut"}" && COMPREPLY+=("$line") ;;
    esac
  done < <("${words[0]}" completion -- "${words[@]:1}" 2>/dev/null)
  [ -z "$kind" ] || [ "${#COMPREPLY[@]}" -gt 0 ] || compopt -o filenames
  case $kind in
    file) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${last#"$cut"}") ;;
    directory) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "${last#"$cut"}") ;;
  esac
}
complete -F _os2 os2
