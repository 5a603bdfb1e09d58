"""Follows README.md in an empty folder.

    readme.py jar libsafe.jar javac          with the jar as make build leaves it
    readme.py maven libsafe.jar javac        with the repository that make package makes of it, as a project of Maven's

Maven takes its own parts from Debian's repository on this machine, and nothing from anywhere else. Exit status 77: there is
no Maven here.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/support"))

import readme_tour  # noqa: E402

README = "bindings/java/README.md"
DEBIAN = pathlib.Path("/usr/share/maven-repo")
CENTRAL = "<id>central</id><url>file:///usr/share/maven-repo</url>"
SETTINGS = f"""<settings>
  <profiles>
    <profile>
      <id>debian</id>
      <repositories><repository>{CENTRAL}</repository></repositories>
      <pluginRepositories><pluginRepository>{CENTRAL}</pluginRepository></pluginRepositories>
    </profile>
  </profiles>
  <activeProfiles><activeProfile>debian</activeProfile></activeProfiles>
</settings>
"""


def jar(tour: readme_tour.Tour, made: pathlib.Path) -> None:
    (tour.folder / "libsafe.jar").symlink_to(made)
    tour.follow("Five minutes")


def maven(tour: readme_tour.Tour, made: pathlib.Path) -> None:
    if not shutil.which("mvn") or not (DEBIAN / "org/apache/maven/plugins/maven-compiler-plugin").exists():
        print("no Maven with its compiler plugin: packaging/setup.sh projects")
        sys.exit(77)
    jar(tour, made)  # leaves the first program behind
    (tour.folder / "libsafe.jar").unlink()
    script = ROOT / "packaging/maven/build.py"
    subprocess.run([sys.executable, script, "--java", made.parent, "--out", tour.folder], check=True, stdout=subprocess.DEVNULL)
    # Maven's home is the user's of the virtual machine, whatever HOME says.
    home = tour.folder / "home"
    (home / ".m2").mkdir(parents=True)
    (home / ".m2/settings.xml").write_text(SETTINGS, encoding="utf-8")
    tour.env |= {"HOME": str(home), "MAVEN_OPTS": f"-Duser.home={home}"}
    # Even when it says nothing it sets colours: to stderr, which is not compared.
    tour.follow("With Maven", lambda command: command.replace("mvn -q compile", "mvn --batch-mode -q compile >&2"))


def main() -> None:
    made, javac = (pathlib.Path(argument).resolve() for argument in sys.argv[2:4])
    env = {**os.environ, "PATH": f"{javac.parent}:{os.environ['PATH']}", "JAVA_HOME": str(javac.parent.parent)}
    with readme_tour.Tour(README, env) as tour:
        {"jar": jar, "maven": maven}[sys.argv[1]](tour, made)


if __name__ == "__main__":
    main()
