package dev.overlays.linux.namespace;

/**
 * What the shell of a namespace is told first. From then on it does what it is told line by line,
 * until there are no more lines because whoever told it has closed its end, or is dead: then it
 * ends all processes that are left in its namespace, so that nothing keeps that alive, and ends
 * itself.
 */
final class HolderScript {
  /**
   * The signals that a terminal sends to all its programs at once are not for this one: the views
   * have to be there until the JVM is through with them. Nor is that of a pipe that nobody reads
   * any more: the JVM may die while an answer is on its way.
   *
   * <p>A process that enters while the others are ended could be overlooked. So every one looks,
   * when it is in, whether the shell has gone to {@link #ENDING}, and then ends: see {@link
   * EnterCommand}. What a process has started in a namespace of its own is found by its children.
   * Once round without having found one is the end; a process that cannot be killed, as it waits
   * for a broken disk, ends the rounds too. Last go the directories that were to be thrown away:
   * see {@link BottomRoot#DISCARDED}.
   */
  static final String TEXT =
      """
      trap '' INT TERM HUP QUIT PIPE
      cd /
      fell() {
        for task in $1/task/*/children; do
          children=
          read -r children <$task
          for child in $children; do fell $child; done
        done
        kill -9 $1
      }
      end() {
        exec 2>/../dev/null
        cd /proc
        rounds=1000
        found=1
        while [ $found = 1 ] && [ $rounds -gt 0 ]; do
          found=0
          rounds=$((rounds - 1))
          for process in [0-9]*; do
            if [ $process != $$ ] && [ $process/ns/mnt -ef $$/ns/mnt ]; then
              found=1
              fell $process
            fi
          done
        done
        for parent in /dev/zero/discarded/*; do
          [ -L $parent ] && cd -P $parent/ && rm -rf -- ${parent##*/}
        done
      }
      trap end EXIT
      echo ready
      """;

  /** The directory that the shell goes to before it ends the others, and never before. */
  static final String ENDING = "/proc";

  /** Ends the shell alone: whoever else is in the namespace may stay. */
  static final String FAREWELL = "trap - EXIT\nexit\n";

  private HolderScript() {}
}
