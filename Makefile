# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The one Makefile. `make` alone configures what is not configured yet and builds the programs;
# everything it makes is below build/.
#
#   make [WERROR=1] [CC=clang] [V=1]      build/fotad, build/fotactl, build/fotasim
#   make check [SANITIZE=1]               unit tests and checkers; only unit tests when sanitized
#   make lint | analyze | format | valgrind | coverage
#   make fuzz | fuzz-run FUZZ_SECONDS=60
#   make install | uninstall [DESTDIR=]
#
# The tree is found by wildcards: a new file in a folder needs no line here. For a build folder of
# its own: `make configure` here, then there `/path/to/configure && make`.

srcdir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
S := $(if $(filter .,$(srcdir)),,$(srcdir)/)

all:

.DELETE_ON_ERROR:
.SUFFIXES:

# Configuration

unconfigured_goals := clean distclean configure format
ifneq ($(filter-out $(unconfigured_goals),$(or $(MAKECMDGOALS),all)),)
include config.mk
configured := yes
endif

$(S)configure: $(S)configure.ac
	@command -v autoconf >/dev/null || \
		{ echo "autoconf is missing: run scripts/install-packages" >&2; exit 1; }
	cd $(srcdir) && autoconf

config.mk: $(S)configure $(S)config.mk.in $(S)config.h.in
	@if test -x config.status; then ./config.status --recheck && ./config.status; \
	else $(srcdir)/configure; fi
	@touch $@

# Where and how

B := build
ifeq ($(SANITIZE),1)
B := build/san
else ifeq ($(COVERAGE),1)
B := build/coverage
endif

warnings := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
	-Wswitch-enum $(if $(filter 1,$(WERROR)),-Werror)
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
optimised := $(filter -O1 -O2 -O3 -Os,$(CFLAGS))

ifeq ($(SANITIZE),1)
mode_flags := -O1 $(sanitizers)
else ifeq ($(COVERAGE),1)
mode_flags := -O0 --coverage
else
mode_flags := -fstack-protector-strong $(if $(optimised),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif

all_cppflags := -I. -I$(S)include -I$(S)src -D_GNU_SOURCE $(CPPFLAGS) \
	$(sort $(SYSTEMD_CFLAGS) $(SERIALPORT_CFLAGS) $(CURL_CFLAGS) $(OPENSSL_CFLAGS) \
	$(YAML_CFLAGS) $(SQLITE_CFLAGS) $(MICROHTTPD_CFLAGS) $(CJSON_CFLAGS))
all_cflags := -std=gnu17 -fPIE $(warnings) $(CFLAGS) $(mode_flags)
all_ldflags := -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)
test_cppflags := -I$(S)tests -DTEST_SOURCE_DIR='"$(abspath $(srcdir))"'

fotactl_libs := $(SYSTEMD_LIBS) $(OPENSSL_LIBS)
fotad_libs := $(SYSTEMD_LIBS) $(SERIALPORT_LIBS) $(CURL_LIBS) $(OPENSSL_LIBS) $(YAML_LIBS) \
	$(SQLITE_LIBS) $(MICROHTTPD_LIBS)
fotasim_libs := $(fotad_libs) $(CJSON_LIBS)

ifneq ($(V),1)
Q := @
say = $(if $(findstring s,$(firstword -$(MAKEFLAGS))),@:,@printf '  %-6s %s\n' $1 $2)
endif

# What

library_folders := base at policy core families store config actility uplink downlink control daemon
library_sources := $(wildcard $(library_folders:%=$(S)src/%/*.c))
fotasim_sources := $(wildcard $(S)src/fotasim/*.c)
simulator_sources := $(filter-out %/main.c,$(fotasim_sources))
fotactl_sources := $(wildcard $(S)src/fotactl/*.c)

# Test programs, and what they share: any other file beside them.
test_sources := $(wildcard $(S)tests/*/test-*.c)
fuzz_sources := $(wildcard $(S)tests/fuzz/fuzz-*.c)
shared_test_sources := $(filter-out $(test_sources) $(fuzz_sources),$(wildcard $(S)tests/*/*.c))

objects = $(patsubst $(S)src/%.c,$(B)/obj/%.o,$1)
test_objects = $(patsubst $(S)tests/%.c,$(B)/tests/%.o,$1)

programs := $(if $(wildcard $(S)src/fotad.c),$(B)/fotad) \
	$(if $(fotactl_sources),$(B)/fotactl) \
	$(if $(filter %/main.c,$(fotasim_sources)),$(B)/fotasim)
test_programs := $(patsubst $(S)tests/%.c,$(B)/tests/%,$(test_sources))

all: $(programs)

# Other flags rebuild everything, another set of files rebuilds the archives.
ifdef configured
flags := $(strip $(CC) $(all_cppflags) $(all_cflags) $(all_ldflags))
sources := $(strip $(library_sources) $(simulator_sources) $(shared_test_sources))
ifneq ($(file <$(B)/flags),$(flags))
$(shell mkdir -p $(B))
$(file >$(B)/flags,$(flags))
endif
ifneq ($(file <$(B)/sources),$(sources))
$(file >$(B)/sources,$(sources))
endif
endif

$(B)/obj/%.o: $(S)src/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(all_cppflags) $(all_cflags) -MMD -MP -c -o $@ $<

$(B)/tests/%.o: $(S)tests/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(all_cppflags) $(test_cppflags) $(all_cflags) -MMD -MP -c -o $@ $<

define archive
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcsD $@ $(filter %.o,$^)
endef

define link
	$(call say,LINK,$@)
	$(Q)$(CC) $(all_cflags) $(all_ldflags) -o $@ $(filter %.o %.a,$^) $1
endef

$(B)/libfotad.a: $(call objects,$(library_sources)) $(B)/sources
	$(archive)

$(B)/libfotasim.a: $(call objects,$(simulator_sources)) $(B)/sources
	$(archive)

$(B)/libtests.a: $(call test_objects,$(shared_test_sources)) $(B)/sources
	$(archive)

$(B)/fotad: $(B)/obj/fotad.o $(B)/libfotad.a
	$(call link,$(fotad_libs))

$(B)/fotactl: $(call objects,$(fotactl_sources)) $(B)/libfotad.a
	$(call link,$(fotactl_libs))

$(B)/fotasim: $(B)/obj/fotasim/main.o $(B)/libfotasim.a $(B)/libfotad.a
	$(call link,$(fotasim_libs))

$(test_programs): $(B)/tests/%: $(B)/tests/%.o $(B)/libtests.a $(B)/libfotasim.a $(B)/libfotad.a
	$(call link,$(fotasim_libs))

# Bugs on purpose stand in the way of these.
planted := policy_judge policy_forecast consent_end is_new_request is_version_changed \
	module_decide module_let_go module_raise fail_expired gateway_order gateway_new \
	queue_take queue_trim gateway_uninhibit module_open_request leases_tick \
	module_tick_word gateway_down module_uplink gateway_other_path sqlite3_prepare_v3 store_commit
$(B)/tests/weather/test-plants: all_ldflags += $(planted:%=-Wl,--wrap=%)

# It notes which rows of the lifecycle are taken.
$(B)/tests/sim/test-stories: all_ldflags += -Wl,--wrap=lifecycle_find

# Tests and checkers. The checkers run alone too; from here they get the real compiler flags.

TEST_SECONDS := 300
# as many at a time
TEST_JOBS := $(shell nproc)

# clang-tidy over all sources takes minutes: on two fast cores more than two, on one slow core ten
# times as many.
LINT_SECONDS := 3600
lint_checker := -t $(LINT_SECONDS) $(srcdir)/scripts/check-lint
checkers := $(addprefix $(srcdir)/scripts/check-,layers headers format size) $(lint_checker)

tests: $(test_programs)

check: export FOTAD_COMPILE := $(CC) $(all_cppflags) $(all_cflags)
check: all tests
	+@$(srcdir)/tests/run -j $(TEST_JOBS) -t $(TEST_SECONDS) $(test_programs) $(if $(SANITIZE)$(COVERAGE),,$(checkers))

# Memory and leaks by another tool than the sanitizers, which see no use of uninitialised memory.
VALGRIND := valgrind -q --error-exitcode=99 --leak-check=full --suppressions=$(srcdir)/tests/valgrind.supp
VALGRIND_SECONDS := 1800
# These kill fotad at each of thousands of steps, or play weeks: half an hour and more for code that
# the others run too.
valgrind_leaves_out := sim/test-telit sim/test-telit-faults weather/test-random

valgrind: export FOTAD_TEST_VALGRIND := 1
valgrind: tests
	+@$(srcdir)/tests/run -j $(TEST_JOBS) -t $(VALGRIND_SECONDS) -w '$(VALGRIND)' \
		$(filter-out $(valgrind_leaves_out:%=$(B)/tests/%),$(test_programs))

lint: export FOTAD_COMPILE := $(CC) $(all_cppflags) $(all_cflags)
lint: all
	+@$(srcdir)/tests/run $(lint_checker)

# One stamp a file: only what was compiled anew is looked at again.
tidy_sources := $(library_sources) $(fotasim_sources) $(fotactl_sources) $(wildcard $(S)src/*.c)
tidy_stamps := $(patsubst $(S)src/%.c,$(B)/tidy/%.ok,$(tidy_sources))

$(B)/tidy/%.ok: $(S)src/%.c $(B)/obj/%.o $(S)scripts/clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet --config-file=$(S)scripts/clang-tidy $< -- \
		$(all_cppflags) -std=gnu17 >$@.log 2>&1 || { cat $@.log; exit 1; }
	@touch $@

tidy: $(tidy_stamps)

# gcc's analyzer, likewise. Without optimisation it sees the code as written, with it further across
# functions.
ANALYZE_CC := gcc
analyze_stamps := $(patsubst $(B)/tidy/%,$(B)/analyze/%,$(tidy_stamps))

# A pointer stored at an index that gcc 12 does not know counts as leaked.
$(B)/analyze/fotactl/table.ok: analyze_exceptions := -Wno-analyzer-malloc-leak

$(B)/analyze/%.ok: $(S)src/%.c $(B)/obj/%.o
	@mkdir -p $(@D)
	@for level in -O0 -O2; do \
		$(ANALYZE_CC) $(all_cppflags) -std=gnu17 $$level -fanalyzer -Werror \
			$(analyze_exceptions) -S -o /dev/null $< || exit 1; done
	@touch $@

analyze: $(analyze_stamps)

format:
	$(srcdir)/scripts/check-format --fix

# What the real programs run counts too; a build that counts is slow, so they are not judged here.
counted_system_tests = $(filter-out %-long.sh %/systemd.sh %/idle.sh,$(wildcard $(S)tests/system/*.sh))

coverage:
	$(MAKE) COVERAGE=1 check
	@echo "system tests, for what they run: build/coverage/system.log"
	@FOTAD_BIN=$(CURDIR)/build/coverage $(srcdir)/tests/run -j $(TEST_JOBS) -t 1200 $(counted_system_tests) \
		>build/coverage/system.log 2>&1 || true
	@build/coverage/tests/sim/test-stories | grep 'every row of the lifecycle'
	@$(srcdir)/scripts/coverage build/coverage

# Fuzzing: the library once more, as clang's fuzzer wants it.

FUZZ_CC := clang
FUZZ_SECONDS := 5
F := build/fuzz
fuzz_flags := -std=gnu17 -g -O1 $(warnings) $(sanitizers)
fuzz_programs := $(patsubst $(S)tests/fuzz/%.c,$(F)/%,$(fuzz_sources))
fuzz_objects := $(patsubst $(S)src/%.c,$(F)/obj/%.o,$(library_sources) $(simulator_sources))

$(F)/obj/%.o: $(S)src/%.c
	$(call say,FUZZCC,$<)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(all_cppflags) $(fuzz_flags) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(F)/libfotad.a: $(fuzz_objects) $(B)/sources
	$(archive)

$(fuzz_programs): $(F)/%: $(S)tests/fuzz/%.c $(F)/libfotad.a
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC) $(all_cppflags) $(test_cppflags) $(fuzz_flags) -fsanitize=fuzzer -MMD -MP \
		-o $@ $< $(F)/libfotad.a -Wl,--as-needed $(fotasim_libs)

fuzz: $(fuzz_programs)

fuzz-run: fuzz
	@FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_PROGRAMS='$(fuzz_programs)' \
		$(srcdir)/tests/run -t 0 $(srcdir)/tests/fuzz/run

# Installation: MODE:SOURCE:DESTINATION, one word each, for install and uninstall alike.

install_as = $(foreach file,$2,$1:$(file):$3/$(notdir $(file)))
# Plain files of these names, and those made from NAME.in.
with_made = $(wildcard $(addprefix $(S),$1)) \
	$(patsubst $(S)%.in,$(B)/%,$(wildcard $(addsuffix .in,$(addprefix $(S),$1))))
units := $(call with_made,systemd/*.service systemd/*.socket)
sysusers := $(firstword $(call with_made,systemd/fotad.sysusers))
sections := 1 5 7 8

installed := \
	$(call install_as,0755,$(filter %/fotad,$(programs)),$(sbindir)) \
	$(call install_as,0755,$(filter-out %/fotad,$(programs)),$(bindir)) \
	$(call install_as,0644,$(units),$(systemdsystemunitdir)) \
	$(call install_as,0644,$(call with_made,systemd/*.catalog),$(catalogdir)) \
	$(call install_as,0644,$(call with_made,systemd/*.rules),$(udevrulesdir)) \
	$(if $(sysusers),0644:$(sysusers):$(sysusersdir)/fotad.conf) \
	$(foreach n,$(sections),\
		$(call install_as,0644,$(call with_made,man/*.$n),$(mandir)/man$n)) \
	$(call install_as,0644,$(wildcard $(S)conf/codec/*),$(datadir)/fotad/codec) \
	$(if $(wildcard $(S)scripts/completion/fotactl.bash),\
		0644:$(S)scripts/completion/fotactl.bash:$(bashcompletiondir)/fotactl) \
	$(call install_as,0644,$(wildcard $(S)scripts/completion/_fotactl),$(zshcompletiondir))

made_files := $(filter $(B)/systemd/% $(B)/man/%,$(subst :, ,$(installed)))

all: $(made_files)

$(made_files): $(B)/%: $(S)%.in config.mk
	@mkdir -p $(@D)
	$(Q)sed -e 's|@prefix@|$(prefix)|g' -e 's|@bindir@|$(bindir)|g' \
		-e 's|@sbindir@|$(sbindir)|g' -e 's|@sysconfdir@|$(sysconfdir)|g' \
		-e 's|@localstatedir@|$(localstatedir)|g' -e 's|@runstatedir@|$(runstatedir)|g' \
		-e 's|@VERSION@|$(VERSION)|g' $< >$@

define newline


endef

part = $(word $1,$(subst :, ,$2))
config_file := $(DESTDIR)$(sysconfdir)/fotad/fotad.yaml

install: all
	$(foreach i,$(installed),install -D -m $(call part,1,$i) $(call part,2,$i) \
		$(DESTDIR)$(call part,3,$i)$(newline))
	@if test ! -f $(S)conf/fotad.yaml; then :; \
	elif test -e $(config_file); then echo "kept: $(config_file)"; \
	else install -D -m 0644 $(S)conf/fotad.yaml $(config_file); fi

# Configuration and state stay.
uninstall:
	rm -f $(foreach i,$(installed),$(DESTDIR)$(call part,3,$i))

clean:
	rm -rf build

distclean: clean
	rm -rf config.mk config.h config.log config.status autom4te.cache
	rm -f $(if $(S),Makefile,configure configure~)

.PHONY: all tests check lint tidy analyze format coverage valgrind fuzz fuzz-run install uninstall clean \
	distclean

-include $(wildcard $(B)/obj/*.d $(B)/obj/*/*.d $(B)/tests/*/*.d $(F)/*.d $(F)/obj/*/*.d)
