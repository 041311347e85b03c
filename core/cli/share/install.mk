# Installing: `make install PREFIX=/usr/local DESTDIR=` and `make uninstall`.
#
# What goes where is one list below, a line each: how, what, to where.  Everything that is
# put somewhere, and every folder that had to be made for it, is noted in the file
# `installed` among the data; uninstalling takes away what is noted there and nothing
# else, so that folders that were there stay.  Installing again adds to the notes.
#
# Variables are those of the GNU conventions (prefix, bindir, libdir, ...); PREFIX is
# another word for prefix.  Nothing here needs root but a folder that only root may write.

PREFIX ?= /usr/local
DESTDIR ?=
prefix ?= $(PREFIX)
exec_prefix ?= $(prefix)
bindir ?= $(exec_prefix)/bin
libdir ?= $(exec_prefix)/lib
includedir ?= $(prefix)/include
datarootdir ?= $(prefix)/share
datadir ?= $(datarootdir)
mandir ?= $(datarootdir)/man
man1dir ?= $(mandir)/man1
pkgconfigdir ?= $(libdir)/pkgconfig
luacmoddir ?= $(libdir)/lua/5.4
bashcompletiondir ?= $(datadir)/bash-completion/completions
zshcompletiondir ?= $(datadir)/zsh/site-functions
pkgdatadir ?= $(datadir)/dossier

INSTALL ?= install
INSTALL_PROGRAM ?= $(INSTALL)
INSTALL_DATA ?= $(INSTALL) -m 644

NOTES = $(pkgdatadir)/installed

# How (p program, d data, l link), what (of a link: its target), to which file.
define INSTALLED
p $(BUILD)/dossier $(bindir)/dossier
d $(BUILD)/libdossier.a $(libdir)/libdossier.a
p $(BUILD)/libdossier.so.$(SO_VERSION) $(libdir)/libdossier.so.$(VERSION)
l libdossier.so.$(VERSION) $(libdir)/libdossier.so.$(SO_VERSION)
l libdossier.so.$(SO_VERSION) $(libdir)/libdossier.so
p $(BUILD)/dossier.so $(luacmoddir)/dossier.so
d $(BUILD)/dossier.pc $(pkgconfigdir)/dossier.pc
d include/dossier.h $(includedir)/dossier.h
$(foreach f,$(sort $(wildcard include/*.lua)),d $(f) $(pkgdatadir)/$(notdir $(f))
)
$(foreach f,$(DATA),d $(f) $(pkgdatadir)/$(f)
)
d core/cli/share/completion/dossier.bash $(bashcompletiondir)/dossier
d core/cli/share/completion/_dossier $(zshcompletiondir)/_dossier
d core/cli/share/dossier.1 $(man1dir)/dossier.1
endef

# The pkg-config file, of the folders that it is installed for.
$(BUILD)/dossier.pc: FORCE
	@mkdir -p $(@D)
	@{ echo 'prefix=$(prefix)'; \
	echo 'libdir=$(patsubst $(prefix)/%,$${prefix}/%,$(libdir))'; \
	echo 'includedir=$(patsubst $(prefix)/%,$${prefix}/%,$(includedir))'; \
	echo; \
	echo 'Name: dossier'; \
	echo 'Description: Embeddable, Lua-scriptable knowledge engine'; \
	echo 'Version: $(VERSION)'; \
	echo 'Libs: -L$${libdir} -ldossier'; \
	echo 'Libs.private: $(LIBS)'; \
	echo 'Cflags: -I$${includedir}'; } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# A folder and those above it, noting which had to be made; then the files, one by one.
# The notes are written as it goes: what an interrupted run put there can be taken away.
install: all $(BUILD)/dossier.pc
	$(file >$(BUILD)/installing,$(INSTALLED))
	@set -e; root='$(DESTDIR)'; made=; \
	case '$(prefix)' in /*) ;; *) echo 'PREFIX begins with a /' >&2; exit 1 ;; esac; \
	case "$$root" in ''|/*) ;; *) root="$$PWD/$$root" ;; esac; \
	notes="$$root"'$(NOTES)'; \
	folder() { \
	  test -d "$$root$$1" && return 0; \
	  folder "$$(dirname "$$1")"; \
	  mkdir -m 755 "$$root$$1"; made="$$made$$1/|"; \
	}; \
	note() { \
	  printf '%s' "$$made" | tr '|' '\n' >> "$$notes"; made=; \
	  grep -qxF -e "$$1" "$$notes" || printf '%s\n' "$$1" >> "$$notes"; \
	}; \
	test -d "$$root/" || { mkdir -p "$$root"; made='/|'; }; \
	folder '$(pkgdatadir)'; note '$(NOTES)'; \
	while read -r how what to; do \
	  test -n "$$how" || continue; \
	  folder "$$(dirname "$$to")"; note "$$to"; \
	  case $$how in \
	    p) $(INSTALL_PROGRAM) "$$what" "$$root$$to" ;; \
	    d) $(INSTALL_DATA) "$$what" "$$root$$to" ;; \
	    l) ln -sf "$$what" "$$root$$to" ;; \
	  esac; \
	done < $(BUILD)/installing; \
	chmod 644 "$$notes"; \
	echo "installed $$(grep -vc '/$$' "$$notes") files below $$root"'$(prefix)'; \
	if test -z "$$root" && test "$$(id -u)" = 0 && command -v ldconfig > /dev/null; then \
	  ldconfig; \
	fi

uninstall:
	@root='$(DESTDIR)'; \
	case "$$root" in ''|/*) ;; *) root="$$PWD/$$root" ;; esac; \
	notes="$$root"'$(NOTES)'; \
	if ! test -f "$$notes"; then \
	  echo "nothing was installed there: no $$notes" >&2; exit 1; \
	fi; \
	list=$$(LC_ALL=C sort -r "$$notes"); \
	printf '%s\n' "$$list" | while IFS= read -r path; do \
	  case $$path in \
	    */) rmdir "$$root$$path" 2> /dev/null || : ;; \
	    /*) rm -f "$$root$$path" ;; \
	  esac; \
	done; \
	echo "removed what was installed below $$root"'$(prefix)'

.PHONY: install uninstall
