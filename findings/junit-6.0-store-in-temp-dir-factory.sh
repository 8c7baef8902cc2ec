#!/bin/bash
# JUnit 6.0.0 and 6.0.1: a TempDirFactory that asks the store of its own context fails, in every test.
#
# Jupiter calls the factory of a @TempDir parameter while it computes a value of the same store. With 5.14.4, 6.0.3 and 6.1.0 the factory may use the store
# all the same. With 6.0.0 and 6.0.1 some of its calls end in "Recursive update" of ConcurrentHashMap, so that no directory is made and each test fails.
# What the factory had made by then is not told to anybody: whoever makes something that has to be undone (a mount, a server) leaks it.
#
# Needs a JDK 17, Maven and Maven Central. Seen on OpenJDK 17.0.15, 2026-11-29: "0 of 50 failed" with 5.14.4, 6.0.3 and 6.1.0, "50 of 50 failed" with 6.0.0 and 6.0.1.
# Exits 0 while that holds, 1 when it has changed.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

cat >StoreInFactory.java <<'END'
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

class StoreInFactory {
  static class Factory implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws Exception {
      ExtensionContext.Store store = context.getStore(ExtensionContext.Namespace.create("finding"));
      for (int i = 0; i < 50; i++) {
        store.getOrComputeIfAbsent("key" + i, key -> "value");
      }
      return Files.createTempDirectory(Path.of("").toAbsolutePath(), "made");
    }
  }

  @RepeatedTest(50)
  void test(@TempDir(factory = Factory.class) Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new AssertionError(directory);
    }
  }
}
END

# The console of a version runs the tests of that version; prints how many of them failed.
failures() {
  local platform=$1 jar=junit-platform-console-standalone-$1.jar
  mvn -q -B -Dstyle.color=never -ntp dependency:copy -Dartifact="org.junit.platform:junit-platform-console-standalone:$platform" -DoutputDirectory="$scratch" >/dev/null
  mkdir -p "classes-$platform"
  javac -nowarn -cp "$jar" -d "classes-$platform" StoreInFactory.java 2>/dev/null
  # The console ends with 1 when a test has failed.
  { java -jar "$jar" execute -cp "classes-$platform" --select-class StoreInFactory --details=summary --disable-banner 2>&1 || true; } |
    sed -n 's/^\[ *\([0-9]*\) tests failed .*/\1/p'
}

changed=0
# Jupiter 5.14.4 has platform 1.14.4.
for expected in 1.14.4:0 6.0.0:50 6.0.1:50 6.0.3:0 6.1.0:0; do
  failed=$(failures "${expected%:*}")
  echo "platform ${expected%:*}: $failed of 50 failed"
  [ "$failed" = "${expected#*:}" ] || changed=1
done
exit $changed
