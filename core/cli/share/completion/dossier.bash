# Completion of the dossier command for bash.  The command itself says what may stand
# next (dossier complete); here the line is cut into words and its answers are put in.

# The word $1 as the command would get it, in REPLY.
_dossier_plain() {
  case $1 in
    \'*) REPLY=${1#\'} REPLY=${REPLY%\'} ;;
    \"*) REPLY=${1#\"} REPLY=${REPLY%\"} ;;
    '~/'*) REPLY=$HOME/${1#??} REPLY=${REPLY//\\/} ;;
    *) REPLY=${1//\\/} ;;
  esac
}

# The words of the line up to the cursor, raw, in `words`: bash cuts them at = and :, too.
_dossier_words() {
  local rest=${COMP_LINE:0:COMP_POINT} trimmed piece i
  words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=${COMP_WORDS[i]}
    trimmed=${rest#"${rest%%[![:space:]]*}"}
    ((${#piece} > ${#trimmed})) && piece=$trimmed
    if ((i > 0)) && [[ $trimmed == "$rest" ]]; then
      words[${#words[@]} - 1]+=$piece
    else
      words+=("$piece")
    fi
    rest=${trimmed#"$piece"}
  done
}

# Files that begin with $1 and end in .$2 (nothing: any), and folders.
_dossier_files() {
  local file
  compopt -o filenames 2> /dev/null
  while IFS= read -r file; do
    [[ -n $2 && $file != *."$2" && ! -d ${file/#\~\//$HOME/} ]] || COMPREPLY+=("$file")
  done < <(compgen -f -- "$1")
}

_dossier() {
  local -a words plain=()
  local word line kept quoted='' special=$' \t\'"\\$`&;()<>|*?[]#~!{}' i char
  COMPREPLY=()
  _dossier_words
  for word in "${words[@]}"; do
    _dossier_plain "$word"
    plain+=("$REPLY")
  done
  [[ $word == [\'\"]* ]] && quoted=1
  _dossier_plain "${word%"$2"}" # what stands before the part that readline replaces
  kept=$REPLY
  while IFS= read -r line; do
    case $line in
      :nospace) compopt -o nospace 2> /dev/null ;;
      :files*) _dossier_files "${plain[${#plain[@]} - 1]#"$kept"}" "${line:7}" ;;
      *)
        line=${line%%$'\t'*}
        line=${line#"$kept"}
        word=''
        for ((i = 0; i < ${#line}; i++)); do
          char=${line:i:1}
          [[ -z $quoted && $special == *"$char"* ]] && word+=\\
          word+=$char
        done
        COMPREPLY+=("$word")
        ;;
    esac
  done < <("${plain[0]}" complete -- "${plain[@]:1}" 2> /dev/null)
}

complete -F _dossier dossier
