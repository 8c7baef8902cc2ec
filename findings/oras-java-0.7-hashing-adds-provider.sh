#!/bin/bash
# ORAS Java SDK 0.7.0: the SHA-256 of three bytes gives the whole JVM a new security provider.
#
# The class that computes digests adds Bouncy Castle to java.security.Security when it is loaded, for the sake of BLAKE3, and never takes it away. From then on
# every other library in the process finds algorithms that the platform has not (here MessageDigest "BLAKE3-256" and the key store "BKS"), and Security.getProviders() is one longer. A test that
# expects NoSuchAlgorithmException, and a service whose rules say which providers may be there, depend on whether anything was pushed or pulled before. Whoever excludes
# bcprov, 8 MB of the SDK's 15, to be rid of it gets NoClassDefFoundError for SHA-256, which the platform has.
#
# Needs a JDK 17, Maven and Maven Central. Seen with oras-java-sdk 0.7.0, bcprov-jdk18on as it brings it, OpenJDK 17.0.15, 2026-11-30: see the lines that it compares with, below.
# Exits 0 while that holds, 1 when it has changed.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

cat >pom.xml <<'END'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>oras</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>land.oras</groupId><artifactId>oras-java-sdk</artifactId><version>0.7.0</version></dependency>
  </dependencies>
</project>
END
cat >Hash.java <<'END'
import java.security.*;
import land.oras.utils.SupportedAlgorithm;

public class Hash {
  static String found(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm).getProvider().getName();
    } catch (NoSuchAlgorithmException e) {
      return "nobody";
    }
  }

  public static void main(String[] arguments) {
    int before = Security.getProviders().length;
    System.out.println("BLAKE3-256 is known to " + found("BLAKE3-256"));
    try {
      SupportedAlgorithm.SHA256.digest(new byte[3]);
      System.out.println("SHA-256 was computed");
    } catch (LinkageError e) {
      System.out.println("SHA-256: " + e.getClass().getSimpleName());
    }
    System.out.println("BLAKE3-256 is known to " + found("BLAKE3-256"));
    System.out.println((Security.getProviders().length - before) + " more providers");
  }
}
END

mvn -q -B -ntp org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath -Dmdep.outputFile=cp
path=$(cat cp)
without=$(tr : '\n' <cp | grep -v bcprov | paste -sd:)
{
  echo "as it comes:"
  java -cp "$path" Hash.java
  echo "without bcprov:"
  java -cp "$without" Hash.java
} 2>/dev/null | tee seen
cat >expected <<'END'
as it comes:
BLAKE3-256 is known to nobody
SHA-256 was computed
BLAKE3-256 is known to BC
1 more providers
without bcprov:
BLAKE3-256 is known to nobody
SHA-256: NoClassDefFoundError
BLAKE3-256 is known to nobody
0 more providers
END
if cmp -s seen expected; then
  echo "Still so."
else
  echo "Changed."
  exit 1
fi
