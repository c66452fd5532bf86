"""Reading files: MATLAB, ENVI and GeoTIFF, and the arrays that a registry file describes."""
