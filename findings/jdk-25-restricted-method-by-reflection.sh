#!/bin/bash
# JDK 25: a restricted method that is called by Method.invoke costs far more classes than the call itself.
#
# A library that is compiled for an older Java calls java.lang.foreign by reflection. Before the first Method.invoke of a restricted method, such as
# Linker.downcallHandle, the JVM looks whether its caller is told at run time: it parses annotations, makes proxy classes for them, and injects a class into the
# caller's module. A program that links one function of the C library in that way generates a third more classes than one that names the same method in its
# source, three proxies among them. They are made again in each JVM, before its first call.
#
# Needs a JDK 25 (JAVA25_HOME, or one in /usr/lib/jvm). Seen on Temurin 25.0.3, 2026-11-30: "85 generated classes when called
# directly, 117 by reflection, of which 3 proxies".
# Exits 0 while that holds, 1 when it has changed.
set -euo pipefail

jdk=${JAVA25_HOME:-$(ls -d /usr/lib/jvm/*25* | head -1)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

cat >Direct.java <<'END'
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

class Direct {
  public static void main(String[] args) throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle getpid =
        linker.downcallHandle(
            linker.defaultLookup().find("getpid").get(), FunctionDescriptor.of(ValueLayout.JAVA_INT));
    System.out.println((int) getpid.invokeExact() > 0);
  }
}
END
cat >Reflective.java <<'END'
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

class Reflective {
  public static void main(String[] args) throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle getpid =
        (MethodHandle)
            Linker.class
                .getMethod(
                    "downcallHandle", MemorySegment.class, FunctionDescriptor.class, Linker.Option[].class)
                .invoke(
                    linker,
                    linker.defaultLookup().find("getpid").get(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT),
                    new Linker.Option[0]);
    System.out.println((int) getpid.invokeExact() > 0);
  }
}
END
"$jdk/bin/javac" -d classes Direct.java Reflective.java

# Counts the classes that no file and no archive of the JDK has.
generated() {
  "$jdk/bin/java" --enable-native-access=ALL-UNNAMED -Xlog:class+load:file=log-$1 -cp classes "$1" >/dev/null
  grep -v -e 'source: jrt:' -e 'source: shared' -e 'source: file:' "log-$1" | grep -c 'source:' || true
}

direct=$(generated Direct)
reflective=$(generated Reflective)
proxies=$(grep -c '\$Proxy[0-9]* source: ' log-Reflective || true)
echo "$("$jdk/bin/java" -version 2>&1 | head -1): $direct generated classes when called directly, $reflective by reflection, of which $proxies proxies"
[ "$proxies" -gt 0 ] && [ "$reflective" -ge $((direct + 20)) ]
