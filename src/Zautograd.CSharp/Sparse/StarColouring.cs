namespace Zautograd;

/// <summary>
/// Greedy star colouring: neighbours differ, and the vertices of any two colours form stars, each with a hub and spokes round it
/// (Gebremedhin, Tarafdar, Manne and Pothen, "New acyclic and star coloring algorithms", 2007).
/// </summary>
internal sealed class StarColouring
{
    const int None = -1;

    readonly Adjacency graph;
    readonly int[] mirrors;
    readonly int[] colours;
    readonly int[] forbiddenBy; // per colour, a vertex + 1, so that 0 is nobody
    readonly (int Vertex, int Edge)[] firstOf; // per colour, the edge by which a vertex + 1 met it first
    readonly int[] treatedBy;
    readonly int[] starOf; // per edge, both directions
    readonly List<int> hubs = []; // per star; a star of one edge has none yet

    internal StarColouring(Adjacency graph)
    {
        this.graph = graph;
        mirrors = graph.Mirrors();
        colours = new int[graph.Count];
        forbiddenBy = new int[graph.Count + 1];
        firstOf = new (int, int)[graph.Count + 1];
        treatedBy = new int[graph.Count];
        starOf = new int[graph.EdgeCount];
        Array.Fill(colours, None);
    }

    internal int[] Colour(ColouringOrder order)
    {
        foreach (int vertex in graph.Order(order))
        {
            Forbid(vertex);
            colours[vertex] = Colouring.FirstAllowed(forbiddenBy, vertex + 1);
            JoinStars(vertex);
        }
        return colours;
    }

    (int First, int End) EdgesOf(int vertex) => (graph.FirstEdge(vertex), graph.FirstEdge(vertex) + graph.NeighboursOf(vertex).Length);

    void Forbid(int vertex)
    {
        var (begin, end) = EdgesOf(vertex);
        for (int edge = begin; edge < end; edge++)
        {
            int neighbour = graph.EndOf(edge),
                colour = colours[neighbour];
            if (colour == None)
                continue;
            forbiddenBy[colour] = vertex + 1;
            var (by, first) = firstOf[colour];
            if (by == vertex + 1) // a second one of its colour: this vertex becomes a hub, and its spokes can have no other
            {
                ForbidAround(graph.EndOf(first), vertex);
                ForbidAround(neighbour, vertex);
                continue;
            }
            firstOf[colour] = (vertex + 1, edge);
            var (next, last) = EdgesOf(neighbour);
            for (; next < last; next++) // where the neighbour is a spoke already, its hub's colour would make a path of four
                if (graph.EndOf(next) is var hub && colours[hub] != None && hubs[starOf[next]] == hub)
                    forbiddenBy[colours[hub]] = vertex + 1;
        }
    }

    void ForbidAround(int spoke, int vertex)
    {
        if (treatedBy[spoke] == vertex + 1)
            return;
        treatedBy[spoke] = vertex + 1;
        foreach (int beyond in graph.NeighboursOf(spoke))
            if (colours[beyond] != None)
                forbiddenBy[colours[beyond]] = vertex + 1;
    }

    void JoinStars(int vertex)
    {
        var (begin, end) = EdgesOf(vertex);
        for (int edge = begin; edge < end; edge++)
        {
            int neighbour = graph.EndOf(edge);
            if (colours[neighbour] == None)
                continue;
            int twin = EdgeToTwin(neighbour, vertex),
                first = firstOf[colours[neighbour]].Edge;
            if (twin != None)
                Join(edge, starOf[twin], neighbour);
            else if (first != edge)
                Join(edge, starOf[first], vertex);
            else
            {
                hubs.Add(None);
                Join(edge, hubs.Count - 1, None);
            }
        }
    }

    void Join(int edge, int star, int hub)
    {
        starOf[edge] = starOf[mirrors[edge]] = star;
        hubs[star] = hub;
    }

    /// <summary>From a neighbour to another vertex of this one's colour.</summary>
    int EdgeToTwin(int neighbour, int vertex)
    {
        var (edge, end) = EdgesOf(neighbour);
        for (; edge < end; edge++)
            if (graph.EndOf(edge) != vertex && colours[graph.EndOf(edge)] == colours[vertex])
                return edge;
        return None;
    }
}
