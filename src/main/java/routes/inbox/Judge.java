package routes.inbox;

/** Says how a turn ends whose failure no policy has judged. */
public interface Judge {

    /** The ending to write for this failure; never null: doubt parks. */
    Ending judge(Turn turn, Throwable failure);
}
