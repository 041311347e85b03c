# Dossier.
#
#   make              the command, the libraries and the Lua module, under build/
#   make run          install what is missing, build, load data/, print the summary
#   make test         the same set-up, then the whole suite
#   make test SANITIZE=1   the suite under AddressSanitizer and UBSan
#   make torture      the random tests, much longer, from a new seed (or SEED=...)
#   make bench        rules, joins, stores and events beside peers and C by hand
#                     (WORK=store,events PEERS=... SIZE=...)
#   make lint         format, warnings, static checks, who includes whom
#   make install      PREFIX=/usr/local DESTDIR=   the command, libraries, manual, data
#   make uninstall    the same PREFIX and DESTDIR: what was installed there
#   make clean        remove build/
#   make help         this text
#
# What is built where:
#   build/            a release: optimised, asserts off
#   build/check/      what `make test` runs: asserts on, failing allocations on demand
#   build/sanitize/   that, and the sanitizers: `make test SANITIZE=1`
# Each has dossier, libdossier.a, libdossier.so, dossier.so, and in tests/ a program for
# each tests/embed/*.c.  Specs find theirs in the environment variable BUILD.
#
# Plain GNU make.  A file that comes or goes is a word in the line of its room; headers
# are followed by the compiler; a change of flags rebuilds what it touches.

CC ?= cc
AR ?= ar
LUA ?= lua5.4
BUSTED ?= busted
LUACHECK ?= luacheck
CLANG_FORMAT ?= clang-format
CPPCHECK ?= cppcheck
LUA_INCLUDE ?= /usr/include/lua5.4
LUA_LIB ?= -llua5.4
OPTIMISE ?= -O2 -g
CFLAGS ?=
LDFLAGS ?=
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SPECS ?= tests# what `make test` runs: a folder or a file
SANITIZE ?=
MODE ?= release

# ---- what there is, room by room; a room knows those above it ---------------------

GROUND = status mem vec mergesort text stem pace aside
VALUE = value date allen symbol literal spell order reckon
STORE = format block even sort pile peek fresh cache sequence glimpse column probe strain levels layers cursor record reel merge file log ahead birth postings segment leaf attach \
        search verify store fold care backup
FACTS = engine catalogue kept declare fact claim write made source names same gather search seek plain roll nearby twins view legs scan trust \
        conflict told worded latest tellings standing recorded claimed undo rename naming figures mentioned bulk bulk_text bulk_store care forget
EVAL = number row pairs slots keys tuples fence trie extent walk asked tap field table pipeline \
       source step marks meet cross head straight differ crew sink apart loop
LOGIC = program compound named resolve written heading schema rules whole load mass replay copy findings mention when check \
        host clash compile slot order test run sorted query builtin builtin_text builtin_time \
        aggregate define meaning derived fill nest body infer plain rulebook loose compose best strata \
        rule_write answers narrow feed lookup saying shelf world call seat sketch path columns lower ease route \
        label explain sideways tail demand reduce strategy derive instance height why why_not why_text \
        why_write why_leaf
IO = input stack iri lex ntriples turtle_name turtle_term turtle rdf pen rank outwalk \
     outwalk_head outwalk_history export export_dl export_csv export_jsonl export_dot \
     import rdf_map rdf_pen import_rdf import_nodes export_rdf export_turtle csv json pattern cell \
     tabling import_csv import_jsonl diff
LUAROOM = held atom scanner bare rereading token spacing layout expression clause state machine grammar base whence loading ruling idle breach \
          conflicting checking changing naming exporting differing importing caring script lua_aid lua_entity lua_value lua_pattern lua_fact lua_claim lua_many lua_scan \
          lua_query lua_catalog lua_figures lua_tellings lua_rule lua_export lua_diff lua_import lua_care lua_why lua_define lua_search lua_change lua_base lua_dossier
API = words api text search change answer define explain export import care
CLI = options tell buffer table rows out folder pager progress stop deriving target load export import care diff query search change rule why format \
      check script template complete main
HOSTS = api_care api_change api_column api_diff api_drain api_export api_fault api_format api_load api_locale \
        api_misuse api_names api_process api_search api_status api_thread api_watch api_why eval_bench \
        eval_extent eval_loop eval_run eval_table eval_trie facts_bulk facts_gather facts_histories facts_load facts_scan io_import io_rdf io_table \
        logic_define logic_function logic_lookup \
        logic_route logic_rulebook logic_shelf lua_define lua_machine minimal store_file store_glimpse store_leaf store_levels store_model store_strain value_symbol value_time

VERSION := $(shell sed -n 's/.*DSR_VERSION "\(.*\)".*/\1/p' include/dossier.h)
SO_VERSION := $(firstword $(subst ., ,$(VERSION)))

# ---- how it is built ------------------------------------------------------------

BUILD_release = build
BUILD_check = build/check
BUILD_sanitize = build/sanitize
BUILD = $(BUILD_$(MODE))

FLAGS_release = $(OPTIMISE) -DNDEBUG
FLAGS_check = $(OPTIMISE) -DDSR_FAULTS
FLAGS_sanitize = -O1 -g -fno-omit-frame-pointer -DDSR_FAULTS $(SANITIZERS)
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all
LINK_sanitize = $(SANITIZERS)

WARN = -Wall -Wextra -Wpedantic -Wshadow -Werror
FLAGS = -std=c11 -D_GNU_SOURCE -fPIC -fvisibility=hidden $(WARN) -Icore -Iinclude \
        -isystem $(LUA_INCLUDE) $(FLAGS_$(MODE)) $(CFLAGS)
LINK = $(LINK_$(MODE)) $(LDFLAGS)
# The Lua module takes Lua from the program that loads it, everything else brings it.
MODULE_LIBS = -lsqlite3 -lutf8proc -lstemmer -llua5.4-lpeg -lz -lzstd -lm -lpthread
LIBS = $(LUA_LIB) $(MODULE_LIBS)
# The command takes into itself what there are archives of, and starts in a sixth less time.
# Lua and SQLite stay apart: modules that scripts load must find the same ones.
archive_of = $(or $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a)),-l$(1))
COMMAND_LIBS = $(LUA_LIB) -lsqlite3 \
               $(foreach name,utf8proc stemmer lua5.4-lpeg z zstd,$(call archive_of,$(name))) \
               -lm -lpthread

FILES = $(GROUND:%=ground/%) $(VALUE:%=value/%) $(STORE:%=store/%) $(FACTS:%=facts/%) \
        $(EVAL:%=eval/%) $(LOGIC:%=logic/%) $(IO:%=io/%) $(LUAROOM:%=lua/%) $(API:%=api/%)
OBJECTS = $(FILES:%=$(BUILD)/core/%.o) $(BUILD)/embed.o $(BUILD)/grammar.o
CLI_OBJECTS = $(CLI:%=$(BUILD)/core/cli/%.o)
EMBEDDED = $(sort $(wildcard core/lua/*.lua) $(wildcard scripts/*.lua))
DATA = $(sort $(shell find data -name '*.dl' 2>/dev/null))
BASE = build/nato-ukraine.kb

PRODUCTS = $(BUILD)/dossier $(BUILD)/libdossier.a $(BUILD)/libdossier.so \
           $(BUILD)/dossier.so

all: $(PRODUCTS)

$(BUILD)/dossier: $(CLI_OBJECTS) $(BUILD)/libdossier.a
	$(CC) $(LINK) -o $@ $^ $(COMMAND_LIBS)

$(BUILD)/libdossier.a: $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libdossier.so.$(SO_VERSION): $(OBJECTS)
	$(CC) -shared $(LINK) -Wl,-soname,$(@F) -o $@ $^ $(LIBS)

$(BUILD)/libdossier.so: $(BUILD)/libdossier.so.$(SO_VERSION)
	ln -sf $(<F) $@

$(BUILD)/dossier.so: $(OBJECTS)
	$(CC) -shared $(LINK) -o $@ $^ $(MODULE_LIBS)

$(BUILD)/core/%.o: core/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: tests/embed/%.c $(BUILD)/libdossier.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(FLAGS) -MMD -MP -MF $@.d -MT $@ $(LINK) -o $@ $< $(BUILD)/libdossier.a $(LIBS)

# The Lua half travels inside the library: core/lua/NAME.lua as "NAME", scripts/NAME.lua
# as "scripts/NAME", as text and compiled; so does what the grammar compiles to.
EMBED = core/lua/build/embed.lua
$(BUILD)/embed.c: $(EMBEDDED) $(EMBED) $(BUILD)/embedded
	$(LUA) $(EMBED) files $@ $(EMBEDDED)

$(BUILD)/grammar.c: core/lua/grammar.lua core/lua/clause.h core/lua/build/peg.lua $(EMBED)
	@mkdir -p $(@D)
	$(LUA) $(EMBED) grammar $@

$(BUILD)/embed.o $(BUILD)/grammar.o: %.o: %.c $(BUILD)/flags
	$(CC) $(FLAGS) -MMD -MP -c -o $@ $<

# A file that holds a value and is touched only when the value changes.
define remember
	@mkdir -p $(@D)
	@echo '$(1)' | cmp -s - $@ || echo '$(1)' > $@
endef
$(BUILD)/flags: FORCE
	$(call remember,$(CC) $(FLAGS) $(LINK) $(LIBS))
$(BUILD)/embedded: FORCE
	$(call remember,$(EMBEDDED))
FORCE:

-include $(OBJECTS:.o=.d) $(CLI_OBJECTS:.o=.d) $(HOSTS:%=$(BUILD)/tests/%.d)

# ---- set-up: Debian packages, by name ---------------------------------------------

BUILD_PACKAGES = gcc make libc6-dev lua5.4 liblua5.4-dev lua-lpeg lua-lpeg-dev \
                 libsqlite3-dev libutf8proc-dev libstemmer-dev libxxhash-dev zlib1g-dev libzstd-dev
TEST_PACKAGES = $(BUILD_PACKAGES) lua-busted sqlite3 pkgconf zsh groff-base gringo \
                swi-prolog-nox serdi zstd
LINT_PACKAGES = $(BUILD_PACKAGES) lua-check clang-format cppcheck

# Says what it installs; with everything there it asks nobody.
define install
	@command -v dpkg-query > /dev/null || { \
	  echo 'not a Debian system; needed are the equivalents of: $(strip $(1))'; exit 0; }; \
	missing=; for package in $(1); do \
	  dpkg-query -W -f '$${db:Status-Status}\n' $$package 2> /dev/null \
	    | grep -qx installed || missing="$$missing $$package"; \
	done; \
	test -z "$$missing" && exit 0; \
	echo "installing Debian packages:$$missing"; \
	sudo=; test "$$(id -u)" = 0 || sudo=sudo; \
	$$sudo apt-get update -qq && \
	$$sudo env DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq --no-install-recommends $$missing > /dev/null
endef

setup:
	$(call install,$(BUILD_PACKAGES))
setup-test:
	$(call install,$(TEST_PACKAGES))
setup-lint:
	$(call install,$(LINT_PACKAGES))

# ---- what people type ---------------------------------------------------------------

# As many jobs as processors, unless make was told how many.
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

run: setup
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@rm -f $(BASE) $(BASE)-wal $(BASE)-shm
	@build/dossier -b $(BASE) load $(DATA)
	@echo
	@build/dossier -b $(BASE) summary
	@echo
	@echo 'Try next:'
	@echo '  build/dossier -b $(BASE) timeline Ukraine'
	@echo '  build/dossier -b $(BASE) profile "Jens Stoltenberg"'
	@echo "  build/dossier -b $(BASE) query '?- joined(X, pfp) @ T from S.'"

test: setup-test
	@$(MAKE) --no-print-directory $(PARALLEL) MODE=$(if $(SANITIZE),sanitize,check) ready
	@$(MAKE) --no-print-directory MODE=$(if $(SANITIZE),sanitize,check) suite

ready: all $(HOSTS:%=$(BUILD)/tests/%)

# The interpreter was not built with the sanitizer, so its runtime goes in first; what
# the interpreter leaves behind at its end is not ours to count.  Specs count leaks in
# the programs that they start (tests/helper.lua).
PRELOAD_sanitize = LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) \
                   ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1
suite:
	@env -u DOSSIER_BASE -u DOSSIER_PATH -u XDG_DATA_HOME LC_ALL=C.UTF-8 $(PRELOAD_$(MODE)) \
	  BUILD=$(BUILD) LUA=$(LUA) LUA_PATH='scripts/?.lua;;' LUA_CPATH='$(BUILD)/?.so;;' \
	  $(BUSTED) --lua=$(LUA) -o tests/handler.lua $(SPECS)

torture: setup-test
	@$(MAKE) --no-print-directory $(PARALLEL) MODE=$(if $(SANITIZE),sanitize,check) ready
	@TORTURE=1 STEPS=$(or $(STEPS),2000) SEED=$(or $(SEED),$(shell date +%s)) \
	  $(MAKE) --no-print-directory MODE=$(if $(SANITIZE),sanitize,check) suite \
	  SPECS='tests/facts tests/value tests/store tests/rules tests/bad_input'

BENCH = data floor measure ours sqlite $(if $(wildcard /usr/include/lmdb.h),lmdb) \
        $(if $(wildcard /usr/include/sord-0/sord/sord.h),sord)

# Peers are not installed, but DuckDB, which goes into a folder of the build: where there
# is no npm or no network, bench says what is missing.
bench: setup
	@$(MAKE) --no-print-directory -s $(PARALLEL) MODE=release all \
	  $(BENCH:%=build/bench/bin/%)
	@mkdir -p build/bench/node
	@test -d build/bench/node/node_modules || ! command -v npm > /dev/null || \
	  npm install --prefix build/bench/node --no-audit --no-fund --silent \
	    @duckdb/node-api || true
	@WORK='$(WORK)' PEERS='$(PEERS)' RUNS='$(RUNS)' LIMIT='$(LIMIT)' CLOCK='$(CLOCK)' SIZE='$(SIZE)' \
	  $(LUA) tests/bench/bench.lua

build/bench/bin/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -o $@ $<

# Stores: each peer by its own library, Dossier by its own.
build/bench/bin/ours: build/libdossier.a
build/bench/bin/%: BENCH_LIBS_ours = build/libdossier.a $(LIBS)
build/bench/bin/%: BENCH_LIBS_sqlite = -lsqlite3
build/bench/bin/%: BENCH_LIBS_lmdb = -llmdb
build/bench/bin/%: BENCH_LIBS_sord = -lsord-0 -lserd-0
build/bench/bin/%: tests/bench/store/%.c tests/bench/store/kit.h
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -Icore -Iinclude -isystem $(LUA_INCLUDE) \
	  -isystem /usr/include/sord-0 -isystem /usr/include/serd-0 -o $@ $< $(BENCH_LIBS_$*)

LINTED_C = $(shell find core include tests -name '*.[ch]')
LINTED_LUA = $(wildcard scripts core/lua include tests)

lint: setup-lint
	@$(MAKE) --no-print-directory -k $(PARALLEL) MODE=check \
	  lint-warnings lint-format lint-c lint-lua lint-rooms

lint-warnings: ready

lint-format:
	@echo clang-format core include tests
	@$(CLANG_FORMAT) --dry-run -Werror $(LINTED_C)

lint-c:
	@echo cppcheck core tests/embed
	@$(CPPCHECK) --quiet --std=c11 --language=c --error-exitcode=1 -j $(JOBS) \
	  --enable=warning,performance,portability --inline-suppr \
	  --suppressions-list=tests/lint/cppcheck.txt -Icore -Iinclude core tests/embed

lint-lua:
	@echo luacheck $(LINTED_LUA)
	@$(LUACHECK) -q $(LINTED_LUA)

UNLISTED = $(filter-out $(FILES:%=core/%.c) $(CLI:%=core/cli/%.c) \
             $(HOSTS:%=tests/embed/%.c),$(wildcard core/*/*.c tests/embed/*.c))

lint-rooms:
	@echo rooms core
	@test -z '$(UNLISTED)' || { echo 'Makefile:1: not in its lists: $(UNLISTED)'; exit 1; }
	@$(LUA) tests/lint/rooms.lua

include core/cli/share/install.mk

clean:
	rm -rf build

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

.DELETE_ON_ERROR:
.PHONY: all setup setup-test setup-lint run test torture bench ready suite clean help FORCE \
        lint lint-warnings lint-format lint-c lint-lua lint-rooms
