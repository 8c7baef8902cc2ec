#!/bin/bash
# Maven Surefire 3.6.1: a test dependency breaks the tests of a modular project, merely since its descriptor provides a service that the project's modules use.
#
# The project has a module descriptor and requires "api", which says "uses api.Service". Its tests use JUnit and a test kit that is a test dependency. As
# long as the kit's descriptor provides nothing, the kit is on the class path, and the tests run. With "provides api.Service with ..." in the kit's descriptor the
# JVM's own service binding makes the kit a named module, and with it what it requires. The test classes, which Surefire patches into the project's module, do
# not read it: "IllegalAccessError: ... because module example does not read module kit", in each test that touches the kit. Nothing in the project names the
# descriptor of the kit, and the author of the kit sees no fault either. A kit for tests had better provide no services in its descriptor, only in META-INF/services.
#
# Needs a JDK 17, Maven and Maven Central. Seen with Maven 3.8.7, Surefire 3.6.1, compiler plugin 3.16.0, JUnit 5.14.4, OpenJDK 17.0.15, 2026-11-30:
# "kit without provides: tests pass", an IllegalAccessError, "kit with provides: tests fail".
# Exits 0 while that holds, 1 when it has changed.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# pom NAME DEPENDENCIES...: a module of the reactor; a dependency is group:artifact:version:scope.
pom() {
  local name=$1 dependency
  shift
  mkdir -p "$name/src/main/java/$name"
  {
    echo "<project><modelVersion>4.0.0</modelVersion>"
    echo "<parent><groupId>finding</groupId><artifactId>all</artifactId><version>1</version></parent>"
    echo "<artifactId>$name</artifactId><dependencies>"
    for dependency; do
      IFS=: read -r group artifact version scope <<<"$dependency"
      echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version><scope>$scope</scope></dependency>"
    done
    echo "</dependencies></project>"
  } >"$name/pom.xml"
}

cat >pom.xml <<'END'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>all</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <modules><module>api</module><module>kit</module><module>example</module></modules>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <build><pluginManagement><plugins>
    <plugin><artifactId>maven-resources-plugin</artifactId><version>3.5.0</version></plugin>
    <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.16.0</version></plugin>
    <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.6.1</version></plugin>
    <plugin><artifactId>maven-jar-plugin</artifactId><version>3.5.1</version></plugin>
  </plugins></pluginManagement></build>
</project>
END
pom api
pom kit finding:api:1:compile org.junit.jupiter:junit-jupiter:5.14.4:compile
pom example finding:api:1:compile finding:kit:1:test

echo 'module api { exports api; uses api.Service; }' >api/src/main/java/module-info.java
echo 'package api; public interface Service {}' >api/src/main/java/api/Service.java
echo 'package kit; public class Kit implements api.Service {}' >kit/src/main/java/kit/Kit.java
echo 'module example { requires api; }' >example/src/main/java/module-info.java
echo 'package example; class Example {}' >example/src/main/java/example/Example.java
mkdir -p example/src/test/java/example
cat >example/src/test/java/example/ExampleTest.java <<'END'
package example;

class ExampleTest {
  @org.junit.jupiter.api.Test
  void test() {
    new kit.Kit();
  }
}
END

# answer PROVIDES: runs the tests with a kit whose descriptor ends with that.
answer() {
  echo "module kit { requires api; requires org.junit.jupiter.api; exports kit; $1 }" >kit/src/main/java/module-info.java
  if mvn -B -ntp clean package >log 2>&1; then
    echo "tests pass"
  elif grep -q 'does not read module kit' log; then
    echo "tests fail"
  else
    tail -20 log >&2
    echo "build fails"
  fi
}

without=$(answer '')
echo "kit without provides: $without"
with=$(answer 'provides api.Service with kit.Kit;')
grep -m1 'does not read' log || true
echo "kit with provides: $with"
[ "$without" = "tests pass" ] && [ "$with" = "tests fail" ]
