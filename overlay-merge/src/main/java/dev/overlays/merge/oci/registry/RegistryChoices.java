package dev.overlays.merge.oci.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a caller has chosen for a registry.
 *
 * @param plainHttp whether http is spoken; null for loopback only
 * @param login name and password; null to look into the files
 * @param credentialFiles the files; null for those of the environment
 * @param certificates the file of the authorities that are trusted; null for those of the JVM
 * @param maxBytes how large an image may be that is pulled
 * @param control how the caller follows a transfer and ends it
 * @param silenceLimit how long the other side may send and take nothing
 * @param tokenServer the host that may have the password, beside those that belong to the registry;
 *     null for none
 */
record RegistryChoices(
    Boolean plainHttp,
    RegistryLogin login,
    List<Path> credentialFiles,
    Path certificates,
    long maxBytes,
    TransferControl control,
    Duration silenceLimit,
    String tokenServer) {
  static final RegistryChoices DEFAULTS =
      new RegistryChoices(
          null, null, null, null, 1L << 40, TransferControl.DEFAULTS, Duration.ofSeconds(60), null);

  RegistryChoices withPlainHttp(boolean value) {
    return new RegistryChoices(
        value, login, credentialFiles, certificates, maxBytes, control, silenceLimit, tokenServer);
  }

  RegistryChoices withLogin(RegistryLogin value) {
    return new RegistryChoices(
        plainHttp,
        value,
        credentialFiles,
        certificates,
        maxBytes,
        control,
        silenceLimit,
        tokenServer);
  }

  RegistryChoices withCredentialFiles(List<Path> value) {
    return new RegistryChoices(
        plainHttp, login, value, certificates, maxBytes, control, silenceLimit, tokenServer);
  }

  RegistryChoices withCertificates(Path value) {
    return new RegistryChoices(
        plainHttp, login, credentialFiles, value, maxBytes, control, silenceLimit, tokenServer);
  }

  RegistryChoices withMaxBytes(long value) {
    return new RegistryChoices(
        plainHttp, login, credentialFiles, certificates, value, control, silenceLimit, tokenServer);
  }

  RegistryChoices withControl(TransferControl value) {
    return new RegistryChoices(
        plainHttp,
        login,
        credentialFiles,
        certificates,
        maxBytes,
        value,
        silenceLimit,
        tokenServer);
  }

  RegistryChoices withSilenceLimit(Duration value) {
    return new RegistryChoices(
        plainHttp, login, credentialFiles, certificates, maxBytes, control, value, tokenServer);
  }

  RegistryChoices withTokenServer(String value) {
    return new RegistryChoices(
        plainHttp, login, credentialFiles, certificates, maxBytes, control, silenceLimit, value);
  }
}
