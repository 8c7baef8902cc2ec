package dev.overlays.cli;

import dev.overlays.merge.report.ConflictPolicy;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a policy, such as {@code delete-common}. */
final class PolicyConverter implements ITypeConverter<ConflictPolicy> {
  @Override
  public ConflictPolicy convert(String text) {
    return Arrays.stream(ConflictPolicy.values())
        .filter(policy -> nameOf(policy).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no policy: delete-common, in-order or refuse"));
  }

  private static String nameOf(ConflictPolicy policy) {
    return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
