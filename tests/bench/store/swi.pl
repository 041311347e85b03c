% swi.pl - SWI-Prolog's rdf_db, in memory, saved in its own format.  See kit.h.
%
% Usage: swipl swi.pl -- load FILE DIR | read FILE DIR
:- use_module(library(semweb/rdf_db)).
:- use_module(library(semweb/rdf_ntriples)).
:- initialization(main, main).

relation(N, P) :- atom_concat('http://example.org/p/', N, P).

tell(Name, Value) :- format("~w ~w~n", [Name, Value]).

timed(Goal, Seconds) :-
    statistics(cputime, A), call(Goal), statistics(cputime, B), Seconds is B - A.

least(Goal, Count, Least) :-
    findall(S-N, ( between(1, 3, _), timed(call(Goal, N), S) ), Runs),
    keysort(Runs, [Least-Count|_]).

main([load, File, Dir]) :-
    atom_concat(Dir, '/base.trp', Saved),
    rdf_load(File, [format(ntriples), graph(g), silent(true)]),
    rdf_save_db(Saved),
    rdf_statistics(triples(N)),
    size_file(Saved, Bytes),
    tell(rows, N), tell(disk, Bytes).
main([read, File, Dir]) :-
    atom_concat(Dir, '/base.trp', Saved),
    timed(rdf_load_db(Saved), Open),
    OpenMs is Open * 1000, tell(open_ms, OpenMs),
    pairs(File, Pairs), length(Pairs, NPairs),
    forall(rdf(_, _, _), true),
    least(lookup(Pairs), Found, L),
    Us is L / NPairs * 1e6, tell(lookup_us, Us), tell(found, Found),
    least(scan, Scanned, C), PerS is Scanned / C, tell(scan_rows_s, PerS), tell(scanned, Scanned),
    least(star, Star, T), StarMs is T * 1000, tell(star_ms, StarMs), tell(star, Star),
    least(path, Path, U), PathMs is U * 1000, tell(path_ms, PathMs), tell(path, Path).
main([commit|_]).

pairs(File, Pairs) :-
    setup_call_cleanup(open(File, read, In), lines(In, 0, 200000, Pairs), close(In)).

lines(_, _, 0, Pairs) :- !, Pairs = [].
lines(In, I, Left, Pairs) :-
    read_line_to_string(In, Line),
    (   Line == end_of_file -> Pairs = []
    ;   Next is I + 1,
        (   I mod 5 =:= 0
        ->  split_string(Line, " ", "<>", [S0, P0|_]),
            atom_string(S, S0), atom_string(P, P0),
            Pairs = [S-P|Rest], Less is Left - 1, lines(In, Next, Less, Rest)
        ;   lines(In, Next, Left, Pairs)
        )
    ).

lookup(Pairs, N) :-
    aggregate_all(count, ( member(S-P, Pairs), rdf(S, P, _) ), N).
scan(N) :- relation(3, P), aggregate_all(count, rdf(_, P, _), N).
star(N) :-
    relation(0, P), relation(1, Q), relation(2, R),
    aggregate_all(count, ( rdf(X, P, _), rdf(X, Q, _), rdf(X, R, _) ), N).
path(N) :-
    relation(0, P), relation(1, Q), relation(2, R),
    aggregate_all(count, ( rdf(_, P, B), rdf(B, Q, C), rdf(C, R, _) ), N).
