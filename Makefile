# A newcomer needs `make demo` and `make test`; each sets up .venv by itself.
PYTHON ?= python3.11
SCENE ?= scenes/bunny.yaml
BIN := .venv/bin
CLIP := scenes/media/bigbuckbunny.mp4
CHECKED = r2s2r pipelines $(wildcard benchmarks tests scenes)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test slurm lint plan run night toy tools bench schemas bless clean

# An install that was interrupted leaves .venv/.installing and no stamp; such a .venv is not to be trusted. pip would take
# a half-unpacked package for an installed one.
define install
	@set -e; \
	if pid=$$(cat .venv/.installing 2>/dev/null); then \
		if kill -0 "$$pid" 2>/dev/null; then \
			echo "process $$pid is installing into .venv; if it is not, remove .venv/.installing" >&2; exit 1; \
		fi; \
		rm -rf .venv; \
	fi; \
	echo "installing $(1) into .venv (about half a minute)"; \
	mkdir -p .venv; echo $$$$ > .venv/.installing; \
	$(PYTHON) -m venv .venv; \
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '$(1)'; \
	rm .venv/.installing
endef
comma := ,

.venv/.base: pyproject.toml constraints.txt
	$(call install,.)
	@touch $@

.venv/.dev: pyproject.toml constraints.txt
	$(call install,.[dev$(comma)neural])
	@touch .venv/.base $@

.venv/.bench: pyproject.toml constraints.txt
	$(call install,.[dev$(comma)neural$(comma)bench])
	@touch .venv/.base .venv/.dev $@

# Blender as a module wants packages of other versions, so it has an environment of its own.
.venv/.blender: | .venv/.dev
	@echo "installing Blender's bpy into .venv/blender (a minute, 1.2 GB)"
	@$(PYTHON) -m venv .venv/blender
	@.venv/blender/bin/python -m pip install --disable-pip-version-check -q bpy==5.0.1
	@touch $@

.venv/.validator: | .venv/.dev
	@echo "installing Khronos' glTF validator into .venv/validator"
	@npm install --silent --no-audit --no-fund --prefix .venv/validator gltf-validator@2.0.0-dev.3.10
	@touch $@

$(CLIP): | .venv/.base
	@$(BIN)/python scenes/fetch_demo.py $@

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.base $(CLIP) ## fetch the demo's clip and make its shots
	@$(BIN)/r2s2r run scenes/bunny.yaml

# A process for each core: threads of torch would only spin in each other's way, and take the models' tests thrice as long.
test: .venv/.dev ## run the tests, on all cores
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

slurm: .venv/.dev ## run the tests on a Slurm that they bring up themselves (its packages have to be there)
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m slurm $(PYTEST_ARGS)

lint: .venv/.dev ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports

plan: .venv/.base ## say what would be rebuilt, and why (SCENE=...)
	@$(BIN)/r2s2r plan $(SCENE)

run: .venv/.base ## make the shots of a scene (SCENE=...)
	@$(BIN)/r2s2r run $(SCENE)

night: .venv/.base ## make what fits into tonight's window, with a report in the morning (SCENE='scenes/*.yaml')
	@$(BIN)/r2s2r night $(SCENE)

toy: .venv/.dev ## make scenes/tiny.yaml with a tiny random video model: the whole way, without weights
	@$(BIN)/python scenes/tiny_model.py
	@$(BIN)/r2s2r run scenes/tiny.yaml

tools: .venv/.blender .venv/.validator ## Blender and a glTF validator, which some tests skip without

bench: .venv/.bench .venv/.blender ## measure against peers
	@$(BIN)/python -m benchmarks

schemas: .venv/.base ## write schemas/ from the specs
	@$(BIN)/r2s2r schema --write

bless: .venv/.dev ## accept the stages' changed code as giving the same results
	@R2S2R_BLESS=1 $(BIN)/python -m pytest -q tests/pipelines/test_versions.py

clean: ## remove .venv and caches; results and the store stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find r2s2r pipelines tests benchmarks scenes -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
